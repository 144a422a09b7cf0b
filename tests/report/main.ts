/**
 * `deno task report FORMAT IN.json [OUT]`: makes another report of a JSON one;
 * `deno task report merge A.json B.json…` joins several.
 *
 * @module
 */
import { didYouMean } from "../../kernels/nearest.ts";
import { UsageError } from "../../kernels/usage_error.ts";
import { exitWith } from "../exit.ts";
import { writeOut } from "../streams.ts";
import { checkTarget, writeWhole } from "./file.ts";
import { allFormats } from "./formats.ts";
import { jsonReport } from "./json.ts";
import { merge } from "./merge.ts";
import { readResults } from "./read.ts";

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
  const format = allFormats[word];
  if (format === undefined) {
    const hint = didYouMean(word, [...Object.keys(allFormats), "merge"]) ||
      "; see --help";
    throw new UsageError(`Unknown format "${word}"${hint}`);
  }
  if (from === undefined || rest.length > 0) {
    throw new UsageError(`The report takes FORMAT IN.json [OUT]; see --help`);
  }
  if (to !== undefined) await checkTarget(to);
  const text = await format.write(await readResults(from));
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
    ...Object.entries(allFormats).map(([word, { what }]) =>
      `  ${word.padEnd(10)} ${what}`
    ),
    "  merge      one JSON report of several, of different kernels",
    "",
  ].join("\n");
}

if (import.meta.main) await exitWith(main);
