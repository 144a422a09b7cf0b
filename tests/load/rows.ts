/**
 * A matrix of many rows: `deno task test:load rows --rows 30 --kernel PATH`,
 * the images named in turn. Every claim is proved in each row; meanwhile
 * the memory and the descriptors of the command's process are looked at, and
 * behind it whether a process of its is left.
 *
 * @module
 */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { openTemporary } from "../../kernels/temporary.ts";
import { tied } from "../../kernels/tied.ts";
import { residentMiB } from "../bench/load.ts";
import { processes } from "../faults/lab_census.ts";
import { importArguments } from "../imports.ts";
import { readResults } from "../report/read.ts";
import { summarize } from "../results.ts";
import { writeOut } from "../streams.ts";
import { readRowsOptions } from "./options.ts";

const matrix = fileURLToPath(new URL("../main.ts", import.meta.url));

/** What memory may grow behind the first third of a run, in which V8 takes its heap, MiB. */
const mostGrowthMib = 32;

/** What a process has at one time. */
interface Sample {
  readonly mib: number;
  readonly descriptors: number;
}

/** What a process has; nothing of one that has ended, whether or not it was waited for. */
function sample(pid: number): Sample | undefined {
  try {
    const mib = Math.round(residentMiB(pid));
    const descriptors = [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
    return Number.isNaN(mib) ? undefined : { mib, descriptors };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Looks at a process each second until it has ended, and tells of it each half minute. */
async function watch(child: Deno.ChildProcess): Promise<Sample[]> {
  const samples: Sample[] = [];
  const timer = setInterval(() => {
    const now = sample(child.pid);
    if (now === undefined || samples.push(now) % 30 !== 0) return;
    const { mib, descriptors } = now;
    writeOut(`${samples.length} s: ${mib} MiB, ${descriptors} descriptors\n`);
  }, 1000);
  const { code } = await child.status.finally(() => clearInterval(timer));
  assert.equal(code, 0, `test:matrix ended with ${code}`);
  return samples;
}

/** The most of the first third of a run, and of what came behind it. */
function most(samples: readonly Sample[], what: keyof Sample): number[] {
  const third = Math.ceil(samples.length / 3);
  return [samples.slice(0, third), samples.slice(third)]
    .map((part) => Math.max(...part.map((one) => one[what])));
}

/** Runs it and returns its exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  const { rows, kernels } = readRowsOptions(argv);
  await using folder = await openTemporary();
  const report = `${folder.path}/report.json`;
  const named = Array.from(
    { length: rows },
    (_, at) => `--kernel=row-${at + 1}=${kernels[at % kernels.length]}`,
  );
  const mark = crypto.randomUUID();
  const run = [Deno.execPath(), "run", "-A", ...importArguments(), matrix];
  const [command = "", ...args] = tied(
    [...run, ...named, `--report=json=${report}`],
    "INT",
  );
  const child = new Deno.Command(command, {
    args,
    env: { RINGSIDE_LOAD: mark },
    ...{ stdin: "null", stdout: "null" },
  }).spawn();
  const samples = await watch(child);
  const summary = summarize((await readResults(report)).kernels);
  const [mib = 0, laterMib = 0] = most(samples, "mib");
  const [fds = 0, laterFds = 0] = most(samples, "descriptors");
  writeOut(
    `${rows} rows in ${samples.length} s: ${
      JSON.stringify(summary)
    }; at most ` +
      `${mib} MiB and ${fds} descriptors in the first third, then ${laterMib} and ${laterFds}\n`,
  );
  assert.ok(laterMib < mib + mostGrowthMib, "memory grew");
  assert.ok(laterFds <= fds, "descriptors grew");
  assert.deepEqual(processes(mark), []);
  return 0;
}
