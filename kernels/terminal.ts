/**
 * What commands write, each text whole before the call returns.
 *
 * @module
 */

import { systemWords } from "./system_words.ts";

/** Where bytes can be written; perhaps not all at once. */
type Stream = Pick<typeof Deno.stdout, "writeSync">;

/**
 * Writes all of a text.
 *
 * @throws {Error} naming the stream and the cause: what nobody read is not had, also of a list.
 */
export function writeWhole(to: Stream, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let done = 0; done < bytes.length;) {
      done += to.writeSync(bytes.subarray(done));
    }
  } catch (error) {
    const name = to === Deno.stderr ? "stderr" : "stdout";
    throw new Error(`Cannot write to ${name}: ${systemWords(error)}`);
  }
}

/** Writes to stderr, as long as anybody is there to read it: a view is no reason to end a run. */
export function writeError(text: string): void {
  try {
    writeWhole(Deno.stderr, text);
  } catch {
    // A terminal that was closed, a pipe whose reader has gone.
  }
}

/** Writes a line. */
export function print(text: string, to: Stream = Deno.stdout): void {
  writeWhole(to, `${text}\n`);
}

/** Columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const width = (column: number): number =>
    Math.max(...rows.map((r) => r[column]?.length ?? 0));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => cell.padEnd(width(column))).join("  ").trimEnd();
  return rows.map(line).join("\n");
}

/** Says what a row does now; the same again, but for its figures, only every five seconds. */
export function teller(id: string): (text: string) => void {
  let told = "";
  let at = 0;
  return (text) => {
    const words = text.replaceAll(/\d+ (of|MB)/g, "");
    if (words === told && Date.now() - at < 5000) return;
    [told, at] = [words, Date.now()];
    print(`${id}: ${text}`, Deno.stderr);
  };
}
