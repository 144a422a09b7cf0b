/**
 * `deno task test:load`: what takes from a minute to an hour, on the running
 * kernel and in many machines.
 *
 * @module
 */

import { didYouMean } from "../../kernels/nearest.ts";
import { UsageError } from "../../kernels/usage_error.ts";
import { exitWith } from "../exit.ts";
import { writeOut } from "../streams.ts";
import { main as burst } from "./burst.ts";
import { main as cycles } from "./cycles.ts";
import { main as flood } from "./flood.ts";
import { main as rows } from "./rows.ts";

const usage = `Usage: deno task test:load LOAD [options]

  flood    all CPUs send without a pause, one stream takes
           --minutes N (1), --transport ring|perf (both), --late MS of a timer (50)
  burst    bursts that no buffer holds, every event accounted for
           --events N of each (100000), --times N (3)
  cycles   streams are opened and closed with events in flight
           --cycles N of each transport (2000)
  rows     a matrix of many rows
           --kernel PATH of an image, one or more, --rows N (30)

The first three want root. In a machine: deno task test:matrix -- tests/load/flood.ts
Exit status: 0 every event is accounted for, nothing is late or left; 1 something is not;
64 bad usage; 69 this machine lacks something.
`;

const loads = { flood, burst, cycles, rows };

function isLoad(word: string): word is keyof typeof loads {
  return Object.hasOwn(loads, word);
}

/** Runs the load that is named first, with the words behind it. */
async function main(argv: readonly string[]): Promise<number> {
  if (argv.includes("--help") || argv.includes("-h")) {
    writeOut(usage);
    return 0;
  }
  const [word = "", ...words] = argv;
  if (isLoad(word)) return await loads[word](words);
  const names = Object.keys(loads);
  const hint = (word && didYouMean(word, names)) ||
    `; there are ${names.join(", ")}`;
  throw new UsageError(`Unknown load "${word}"${hint}`);
}

if (import.meta.main) await exitWith(main);
