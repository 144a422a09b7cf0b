/**
 * `deno task report FORMAT IN.json [OUT]`: makes another report of a JSON one;
 * `deno task report merge A.json B.json…` joins several.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { didYouMean } from "../../kernels/nearest.ts";
import { UsageError } from "../../kernels/usage_error.ts";
import { exitWith } from "../exit.ts";
import { writeError, writeOut } from "../streams.ts";
import { checkTarget, writeWhole } from "./file.ts";
import { allFormats } from "./formats.ts";
import { jsonReport } from "./json.ts";
import { conflicts, merge } from "./merge.ts";
import { readResults } from "./read.ts";
import { readBench } from "./read_bench.ts";

/** Runs the command and returns its exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  const { words, baseline, bench, isHelp } = read(argv);
  if (words.length === 0 || isHelp) {
    writeOut(help());
    return isHelp ? 0 : 64;
  }
  const [word = "", ...paths] = words;
  if (word === "merge") return await mergeAll(paths);
  const format = Object.hasOwn(allFormats, word) ? allFormats[word] : undefined;
  if (format === undefined) {
    const hint = didYouMean(word, [...Object.keys(allFormats), "merge"]) ||
      "; see --help";
    throw new UsageError(`Unknown format "${word}"${hint}`);
  }
  const [from, to, ...rest] = paths;
  if (from === undefined || rest.length > 0) {
    throw new UsageError(`The report takes FORMAT IN.json [OUT]; see --help`);
  }
  if (to !== undefined) await checkTarget(to);
  const before = baseline && await readResults(baseline) || undefined;
  const measured = bench && await readBench(bench) || undefined;
  const text = await format.write(await readResults(from), before, measured);
  if (to === undefined) writeOut(text);
  else await writeWhole(to, text);
  return 0;
}

interface Words {
  readonly words: readonly string[];
  readonly baseline?: string;
  readonly bench?: string;
  readonly isHelp: boolean;
}

function read(argv: readonly string[]): Words {
  const parsed = parseArgs([...argv], {
    string: ["baseline", "bench", "_"],
    boolean: ["help"],
    alias: { help: "h" },
    unknown: (word: string) => {
      if (!word.startsWith("-")) return true;
      throw new UsageError(`Unknown option "${word}"; see --help`);
    },
  });
  const { baseline, bench } = parsed;
  for (const [option, path] of Object.entries({ baseline, bench })) {
    if (path !== "") continue;
    throw new UsageError(`No value for --${option}: it takes PATH`);
  }
  return {
    words: parsed._.map(String),
    isHelp: parsed.help === true,
    ...(typeof baseline === "string" && { baseline }),
    ...(typeof bench === "string" && { bench }),
  };
}

/** Prints one report of several; where they are not of one machine is told on stderr. */
async function mergeAll(paths: readonly string[]): Promise<number> {
  const parts = await Promise.all(paths.map(readResults));
  for (const conflict of conflicts(parts)) writeError(`${conflict}\n`);
  writeOut(jsonReport(merge(parts)));
  return 0;
}

function help(): string {
  return [
    "Usage: deno task report FORMAT IN.json [OUT] [--baseline OLD.json] [--bench BENCH.json]",
    "       deno task report merge A.json B.json…",
    "Makes another report of a JSON report; on stdout, if OUT is not given. The page draws",
    "what `deno task bench --report json=BENCH.json` measured, too.",
    "",
    ...Object.entries(allFormats).map(([word, { what }]) =>
      `  ${word.padEnd(10)} ${what}`
    ),
    "  merge      one JSON report of several, of different kernels",
    "",
  ].join("\n");
}

if (import.meta.main) await exitWith(main);
