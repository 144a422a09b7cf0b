/**
 * Streams that are opened and closed again and again with events in flight,
 * natively as root: `deno task test:load cycles --cycles 10000`. Another
 * thread sends while each is opened, read and closed; descriptors, mappings, the
 * kernel's maps and programs of this process and its memory are counted before
 * and after, and every event must have been delivered or be counted as lost.
 *
 * @module
 */

import assert from "node:assert/strict";
import { openEvents, probeRing, type Transport } from "../../mod.ts";
import { exitWith } from "../exit.ts";
import { census } from "../leaks.ts";
import { writeOut } from "../streams.ts";
import { burstObject } from "./object.ts";
import { readCycles } from "./options.ts";

/** Events that are sent while a stream is closed. */
const repeat = 2000;

/** How much memory may grow behind the cycles that fill what V8, Deno and libbpf keep, MiB. */
const mostGrowthMib = 48;

function mebibytes(): number {
  return Math.round(Deno.memoryUsage().rss / 2 ** 20);
}

/** What is open and mapped, by kinds: maps, programs, events, epolls, mappings. */
function open(): Record<string, number> {
  const fds = [...Deno.readDirSync("/proc/self/fd")].length;
  return { fds, ...Object.fromEntries(census()) };
}

/** One stream from open to close; how many events were on their way then. */
async function cycle(transport: Transport): Promise<number> {
  await using events = await openEvents(burstObject, {
    ...{ transport, attach: false, decode: "bytes" },
    ...{ ringBytes: 1 << 16, perfPages: 16 },
  });
  const program = events.object.program(`burst_${transport}`);
  const sent = program.testRunElsewhere({ repeat });
  let taken = 0;
  for await (const _ of events) if (++taken === 100) break;
  await events.close();
  // The program holds its maps: it may end behind the stream.
  await sent;
  const { attempted, delivered, lost, lostBy, pending } = events.stats();
  assert.equal(delivered, taken);
  assert.deepEqual([delivered + lost, pending], [attempted, 0]);
  return lostBy.unread;
}

async function run(transport: Transport, cycles: number): Promise<void> {
  let [before, mib, inFlight] = [open(), mebibytes(), 0];
  const warmUp = Math.min(1000, cycles >> 1);
  const began = performance.now();
  for (let turn = 1; turn <= cycles; turn++) {
    if (await cycle(transport) > 0) inFlight++;
    if (turn === warmUp) [before, mib] = [open(), mebibytes()];
    if (turn % 1000 !== 0) continue;
    writeOut(
      `${transport}: ${turn} cycles, ${mebibytes()} MiB, ${
        JSON.stringify(open())
      }\n`,
    );
  }
  const now = mebibytes();
  assert.deepEqual(open(), before);
  assert.ok(now <= mib + mostGrowthMib, `${mib} MiB at first, then ${now}`);
  const seconds = (performance.now() - began) / 1000;
  writeOut(
    `${transport}: ${cycles} cycles in ${
      seconds.toFixed(0)
    } s, ${inFlight} with events on their way; ` +
      `${mib} MiB behind the first ${warmUp}, ${now} MiB at the end; open as before\n`,
  );
}

/** Runs the command and returns its exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  const cycles = readCycles(argv);
  const there: Transport[] = probeRing().has ? ["ring", "perf"] : ["perf"];
  for (const transport of there) await run(transport, cycles);
  return 0;
}

if (import.meta.main) await exitWith(main);
