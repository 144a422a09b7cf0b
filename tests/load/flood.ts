/**
 * A flood from all CPUs for some minutes, natively as root: `deno task
 * test:load flood --minutes 10`, of both transports or `--transport perf`.
 * Threads send without a pause, `for await` takes, a timer of 10 ms runs beside
 * it: how late it is at worst, what memory and descriptors do, and whether every
 * event is accounted for. `--late MS` allows the timer more than 50 ms, as a
 * guest under TCG needs. It takes a minute or more: memory is judged by what it was
 * behind the first half.
 *
 * @module
 */

import assert from "node:assert/strict";
import {
  type Events,
  openEvents,
  probeRing,
  type Transport,
} from "../../mod.ts";
import { exitWith } from "../exit.ts";
import { writeOut } from "../streams.ts";
import { burstObject } from "./object.ts";
import { readFloodOptions } from "./options.ts";

/** Events of one run of the program: some tens of milliseconds. */
const repeat = 100_000;

/** Over perf, who wakes the reader for each event sends 0.2 million of them a second, and none is lost: no flood. */
const wakeups = { ring: {}, perf: { wakeup: { every: 64 } } };

/** A timer's period, ms. */
const periodMs = 10;

/** How late a timer is, at worst, while it runs. */
class Lateness implements Disposable {
  #due = performance.now() + periodMs;
  readonly #timer = setInterval(() => this.#tick(), periodMs);
  worstMs = 0;

  #tick(): void {
    const now = performance.now();
    this.worstMs = Math.max(this.worstMs, now - this.#due);
    this.#due = now + periodMs;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** Sends from another thread until `until`; two of them keep two CPUs busy. */
async function flood(events: Events<unknown>, until: number): Promise<void> {
  const program = events.object.program(`burst_${events.transport}`);
  while (performance.now() < until) await program.testRunElsewhere({ repeat });
}

/** V8 takes its heap in the first one, ms. */
const halfMinuteMs = 30_000;

/** What memory may grow behind it, MiB. */
const mostGrowthMib = 32;

function mebibytes(): number {
  return Math.round(Deno.memoryUsage().rss / 2 ** 20);
}

function descriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

/** Floods one transport, prints what came of it, and judges it. */
async function run(
  transport: Transport,
  minutes: number,
  lateMs: number,
): Promise<void> {
  await using events = await openEvents(burstObject, {
    ...{ transport, attach: false, ...wakeups[transport] },
  });
  const until = performance.now() + 60_000 * minutes;
  using lateness = new Lateness();
  const floods = Array.from(
    { length: navigator.hardwareConcurrency },
    () => flood(events, until),
  );
  const sent = Promise.all(floods)
    .finally(() => setTimeout(() => events.close(), 200));
  let seen = 0;
  const samples: number[] = [];
  const fds = descriptors();
  using timers = new DisposableStack();
  const sample = (): void => {
    samples.push(mebibytes());
    writeOut(`${transport}: ${seen} events, ${samples.at(-1)} MiB\n`);
  };
  timers.adopt(setInterval(sample, halfMinuteMs), clearInterval);
  for await (const _ of events) seen++;
  const { attempted, delivered, lost, pending } = events.stats();
  const mib = mebibytes();
  await sent;
  writeOut(
    `${transport}: ${attempted} attempted = ${delivered} delivered + ${lost} lost; timer at worst ${
      lateness.worstMs.toFixed(1)
    } ms late; ${mib} MiB; ${descriptors() - fds} descriptors more or less\n`,
  );
  assert.equal(delivered, seen);
  assert.deepEqual([delivered + lost, pending], [attempted, 0]);
  assert.ok(lost > 0, "the buffer held them all: this was no flood");
  assert.ok(lateness.worstMs < lateMs, `${lateness.worstMs} ms late`);
  const [warm = 0] = samples;
  assert.ok(mib < warm + mostGrowthMib, `${warm} MiB at first, then ${mib}`);
  assert.ok(
    descriptors() <= fds,
    `${descriptors()} descriptors, ${fds} before`,
  );
}

/** Runs the command and returns its exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  const { minutes, transports, lateMs } = readFloodOptions(argv);
  const there: Transport[] = probeRing().has ? ["ring", "perf"] : ["perf"];
  for (const transport of transports.length > 0 ? transports : there) {
    await run(transport, minutes, lateMs);
  }
  return 0;
}

if (import.meta.main) await exitWith(main);
