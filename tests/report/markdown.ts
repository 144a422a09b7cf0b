/**
 * Words as Markdown: what came from a guest is shown, and marks up nothing.
 *
 * @module
 */
import { printable } from "./text.ts";

/** What Markdown takes for its own; an underscore within a word it does not. */
const marks = /[\\`*{}[\]<>|#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g;

/** Text in a paragraph or in the cell of a table. */
export function plain(text: string): string {
  return printable(text).trim().replaceAll(/\s+/g, " ")
    .replaceAll(marks, (mark) => `\\${mark}`);
}

/** Text as it is, for figures and messages. */
export function code(text: string): string {
  const line = printable(text).trim().replaceAll(/\s+/g, " ");
  if (line === "") return "";
  return `\`${line.replaceAll("`", "'").replaceAll("|", "\\|")}\``;
}

/** A table; every row has as many cells as the head. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`);
}
