/**
 * What the examples print on an old and a new kernel, for the text: they run in
 * virtual machines, and their lines are pasted.
 *
 * @module
 */
import { UsageError } from "../../kernels/usage_error.ts";
import { blocksOf, wordsOf } from "./blocks.ts";

/** An example on a kernel, over the transport that it takes there or over the other one. */
export interface Wanted {
  readonly example: string;
  readonly row: string;
  readonly transport: "auto" | "perf";
}

/** What a block `output EXAMPLE ROW [perf]` wants; undefined for another one. */
export function wantedOf(what: string): Wanted | undefined {
  const [name, [example, row, transport = "auto"]] = wordsOf(what);
  if (name !== "output" || example === undefined || row === undefined) {
    return undefined;
  }
  if (transport !== "auto" && transport !== "perf") {
    throw new UsageError(`Unknown transport in the block "${what}"`);
  }
  return { example, row, transport };
}

/** The lines of one run of one example, of all that `test:matrix` printed. */
export function linesOf(
  printed: string,
  { example, row, transport }: Wanted,
): string[] {
  const lines = printed.split("\n").filter((line) =>
    line.startsWith(`${row} | `)
  )
    .map((line) => line.slice(row.length + 3));
  const runs: string[][] = [];
  for (const line of lines) {
    if (line === example) runs.push([]);
    else if (line.startsWith("  ") && runs.length > 0) {
      runs.at(-1)?.push(line.slice(2));
    } else if (runs.length > 0) break;
  }
  const run = runs.find(([first = ""]) =>
    first.startsWith("Over ") &&
    first.endsWith(": asked for") === (transport === "perf")
  );
  if (run === undefined) {
    throw new UsageError(`${example} did not run on ${row} over ${transport}`);
  }
  return run;
}

/** The command that a reader types on that kernel, and what it printed there. */
export function outputBlock(wanted: Wanted, lines: readonly string[]): string {
  const { example, transport } = wanted;
  const words = transport === "perf" ? " perf" : "";
  const command = `$ sudo deno run -A examples/${example}.ts${words}`;
  return ["```console", command, ...lines, "```"].join("\n");
}

/** Runs all examples that the text wants on the kernels that it wants; all that was printed. */
export async function runAll(text: string): Promise<string> {
  const wanted = blocksOf(text).map(({ what }) => wantedOf(what))
    .filter((one) => one !== undefined);
  const rows = new Set(wanted.map(({ row }) => row));
  const examples = new Set(wanted.map(({ example }) => example));
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      ...["task", "test:matrix", "--jobs", "1"],
      ...[...rows].flatMap((row) => ["--kernel", row]),
      ...["--", "tests/examples.ts", "--lines", ...examples],
    ],
    stdin: "null",
    stderr: "inherit",
  });
  const { stdout, success } = await command.output();
  if (!success) throw new UsageError("The examples did not end well");
  return new TextDecoder().decode(stdout);
}
