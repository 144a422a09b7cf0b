/**
 * `deno task report FORMAT IN.json [OUT]`: makes another report of a JSON one;
 * `deno task report merge A.json B.json…` joins several.
 *
 * @module
 */
import { didYouMean } from "../../kernels/nearest.ts";
import { UsageError } from "../../kernels/usage_error.ts";
import { chapters } from "../claims/chapters.ts";
import { questions } from "../claims/questions.ts";
import { statements } from "../claims/statements.ts";
import { exitWith } from "../exit.ts";
import type { Results } from "../results.ts";
import { paper, writeOut } from "../streams.ts";
import { claimsReport } from "./claims.ts";
import { checkTarget, writeWhole } from "./file.ts";
import { jsonReport } from "./json.ts";
import { merge } from "./merge.ts";
import { readResults } from "./read.ts";
import { terminalReport } from "./terminal.ts";

/** A form that results can be written in. */
interface Format {
  /** What it is, for the help. */
  readonly what: string;
  readonly write: (results: Results) => string;
}

/** The forms by the words that name them. */
const formats: Readonly<Record<string, Format>> = {
  claims: {
    what: "each claim with what each kernel did, Markdown: docs/claims.md",
    write: (results) =>
      claimsReport(results, { chapters, statements, questions }),
  },
  terminal: {
    what: "the matrix, as the run printed it",
    write: (results) => terminalReport(results, paper()),
  },
};

/** Runs the command and returns its exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  if (argv.length === 0 || argv.includes("--help") || argv.includes("-h")) {
    writeOut(help());
    return argv.length === 0 ? 64 : 0;
  }
  const [word = "", from, to, ...rest] = argv;
  if (word === "merge") {
    const parts = await Promise.all(argv.slice(1).map(readResults));
    writeOut(jsonReport(merge(parts)));
    return 0;
  }
  const format = formats[word];
  if (format === undefined) {
    const hint = didYouMean(word, [...Object.keys(formats), "merge"]) ||
      "; see --help";
    throw new UsageError(`Unknown format "${word}"${hint}`);
  }
  if (from === undefined || rest.length > 0) {
    throw new UsageError(`The report takes FORMAT IN.json [OUT]; see --help`);
  }
  if (to !== undefined) await checkTarget(to);
  const text = format.write(await readResults(from));
  if (to === undefined) writeOut(text);
  else await writeWhole(to, text);
  return 0;
}

function help(): string {
  return [
    "Usage: deno task report FORMAT IN.json [OUT]",
    "       deno task report merge A.json B.json…",
    "Makes another report of a JSON report; on stdout, if OUT is not given.",
    "",
    ...Object.entries(formats).map(([word, { what }]) =>
      `  ${word.padEnd(10)} ${what}`
    ),
    "  merge      one JSON report of several, of different kernels",
    "",
  ].join("\n");
}

if (import.meta.main) await exitWith(main);
