/**
 * `deno task docs:fill [RESULTS.json]`: makes anew what in docs/tutorial.md is
 * made and not written, and its pictures. Files are copied from examples/,
 * outputs come from virtual machines, figures from the results, if there are any.
 *
 * @module
 */
import { UsageError } from "../../kernels/usage_error.ts";
import { claims } from "../claims/mod.ts";
import { exitWith } from "../exit.ts";
import { readResults } from "../report/read.ts";
import type { Results } from "../results.ts";
import { fileBlock, fillBlocks, wordsOf } from "./blocks.ts";
import { consumersTable, costTable } from "./costs.ts";
import { definitions } from "./marks.ts";
import { linesOf, outputBlock, runAll, wantedOf } from "./outputs.ts";
import { pictures } from "./pictures.ts";
import { root } from "./site.ts";

const tutorial = `${root}docs/tutorial.md`;

/** What the blocks are made of. */
export interface Sources {
  /** What `test:matrix -- tests/examples.ts --lines` printed. */
  readonly printed?: string;
  readonly results?: Results;
}

/** One block; undefined where its source is not there, so that it stays as it is. */
export function made(
  text: string,
  what: string,
  { printed, results }: Sources,
): string | undefined {
  const [name, [which = ""]] = wordsOf(what);
  if (name === "file") {
    return fileBlock(which, Deno.readTextFileSync(`${root}${which}`));
  }
  if (name === "marks") {
    return definitions(text, claims.map(({ id }) => id)).join("\n");
  }
  if (name === "consumers") {
    return consumersTable(Deno.readTextFileSync(`${root}docs/performance.md`));
  }
  const wanted = wantedOf(what);
  if (wanted !== undefined) {
    return printed && outputBlock(wanted, linesOf(printed, wanted));
  }
  if (name === "costs") return results && costTable(which, results.kernels);
  throw new UsageError(`Nobody knows how to make the block "${what}"`);
}

/** Runs the command and returns its exit status. */
async function main(argv: readonly string[]): Promise<number> {
  const [report, ...rest] = argv;
  if (rest.length > 0) throw new UsageError("It takes one JSON report at most");
  const results = report === undefined ? undefined : await readResults(report);
  for (const [name, draw] of Object.entries(pictures)) {
    await Deno.writeTextFile(`${root}docs/pictures/${name}`, draw());
  }
  const text = await Deno.readTextFile(tutorial);
  const printed = await runAll(text);
  const sources = { printed, ...(results === undefined ? {} : { results }) };
  const filled = fillBlocks(text, (what) => made(text, what, sources));
  await Deno.writeTextFile(tutorial, filled);
  const fmt = new Deno.Command(Deno.execPath(), { args: ["fmt", tutorial] });
  await fmt.output();
  return 0;
}

if (import.meta.main) await exitWith(main);
