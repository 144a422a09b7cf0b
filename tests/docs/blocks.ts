/**
 * Blocks of a text that are made and not written: what stands between
 * `<!-- made: WHAT -->` and `<!-- end -->` is put there by `deno task docs:fill`.
 *
 * @module
 */
import { UsageError } from "../../kernels/usage_error.ts";

/** One block. */
export interface Block {
  /** What it is made of: `file examples/hello.ts`. */
  readonly what: string;
  /** Its lines, as they stand. */
  readonly text: string;
}

const blockPattern = /^<!-- made: (.+) -->\n([^]*?)^<!-- end -->$/gm;

/** All blocks of a text. */
export function blocksOf(text: string): Block[] {
  return [...text.matchAll(blockPattern)]
    .map(([, what = "", text = ""]) => ({ what, text: text.trim() }));
}

/** The text with its blocks made anew; one of which `make` knows nothing stays. */
export function fillBlocks(
  text: string,
  make: (what: string) => string | undefined,
): string {
  return text.replaceAll(blockPattern, (whole, what: string) => {
    const made = make(what);
    return made === undefined
      ? whole
      : `<!-- made: ${what} -->\n\n${made.trim()}\n\n<!-- end -->`;
  });
}

/** The name of a block, and the rest of its words. */
export function wordsOf(what: string): [string, string[]] {
  const [name = "", ...rest] = what.split(" ");
  return [name, rest];
}

const languages: Readonly<Record<string, string>> = { c: "c", ts: "ts" };

/** A file as a block of code. */
export function fileBlock(path: string, text: string): string {
  const language = languages[path.split(".").at(-1) ?? ""];
  if (language === undefined) {
    throw new UsageError(`Cannot show ${path}: it is neither C nor TypeScript`);
  }
  return ["```" + language, text.trimEnd(), "```"].join("\n");
}
