/**
 * This process's own output: results to stdout, all else to stderr, each whole
 * before the call returns.
 *
 * @module
 */
import type { Paper } from "./report/paper.ts";

/** Characters in a line of what is not a terminal. */
const paperWidth = 100;

/** Writes to stdout. */
export function writeOut(text: string): void {
  writeAll(Deno.stdout, text);
}

/** Writes to stderr, as long as anybody is there to read it: a view is no reason to end a run. */
export function writeError(text: string): void {
  try {
    writeAll(Deno.stderr, text);
  } catch {
    // A terminal that was closed, a pipe whose reader has gone.
  }
}

function writeAll(to: typeof Deno.stdout, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) {
    sent += to.writeSync(bytes.subarray(sent));
  }
}

/** Characters in a line of the terminal, or what stands for it where there is none. */
export function terminalWidth(otherwise: number): number {
  try {
    return Deno.consoleSize().columns || otherwise;
  } catch {
    return otherwise;
  }
}

/** What stdout is, for a report. */
export function paper(): Paper {
  const terminal = Deno.stdout.isTerminal();
  return {
    width: terminal ? terminalWidth(paperWidth) : paperWidth,
    colour: terminal && !Deno.noColor,
  };
}
