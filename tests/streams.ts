/**
 * This process's own output: results to stdout, all else to stderr, each whole
 * before the call returns.
 *
 * @module
 */
import { writeWhole } from "../kernels/terminal.ts";
import type { Paper } from "./report/paper.ts";

export { writeError } from "../kernels/terminal.ts";

/** Characters in a line of what is not a terminal. */
const paperWidth = 100;

/** Writes to stdout. */
export function writeOut(text: string): void {
  writeWhole(Deno.stdout, text);
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
