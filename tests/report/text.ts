/**
 * Text in columns: breaking, cutting and indenting lines. Lengths are counted
 * in characters, before any colour.
 *
 * @module
 */

/** Breaks text between words into lines of at most `width`; a longer word is cut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).flatMap((word) => slices(word, width))) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  return line === "" && lines.length > 0 ? lines : [...lines, line];
}

function slices(word: string, width: number): string[] {
  const count = Math.max(1, Math.ceil(word.length / width));
  return Array.from(
    { length: count },
    (_, at) => word.slice(at * width, (at + 1) * width),
  );
}

/** Keeps the first `count` lines; the last of them ends with … when there was more. */
export function clip(
  lines: readonly string[],
  count: number,
  width: number,
): string[] {
  const kept = lines.slice(0, count);
  const last = kept.pop()?.replace(/[\s,;:]+$/, "");
  if (lines.length <= count || last === undefined) return lines.slice(0, count);
  const words = last.length < width
    ? last
    : last.replace(/[\s,;:]*[^\s]*$/, "");
  return [...kept, `${words === "" ? last.slice(0, width - 1) : words}…`];
}

/** Puts a text beside a name, its further lines under its first. */
export function hang(name: string, text: string, width: number): string[] {
  const room = Math.max(24, width - name.length);
  const lines = printable(text).trim().split("\n").flatMap((line) =>
    wrap(line, room)
  );
  return lines.map((line, at) =>
    ((at === 0 ? name : " ".repeat(name.length)) + line).trimEnd()
  );
}

/**
 * What moves a terminal's cursor, paints or names its window: CSI and OSC
 * sequences (ECMA-48), and all other control characters but the newline.
 */
const controls = new RegExp(
  [
    String.raw`\x1b\[[0-?]*[ -/]*[@-~]`,
    String.raw`\x1b\][^\x07\x1b\n]*(\x07|\x1b\\)`,
    String.raw`[\x00-\x09\x0b-\x1f\x7f-\x9f]`,
  ].join("|"),
  "g",
);

/** Text without control characters: guests and kernels write what they like. */
export function printable(text: string): string {
  return text.replaceAll("\t", " ").replaceAll(controls, "");
}

/** Blanks before and after a text of this length, to put it in the middle of `width`. */
export function margins(length: number, width: number): [string, string] {
  const all = Math.max(0, width - length);
  const left = Math.floor(all / 2);
  return [" ".repeat(left), " ".repeat(all - left)];
}
