/**
 * U: a thread that waits for events itself.
 *
 * @module
 */

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { joinEvents, Shared, Stats } from "../../mod.ts";
import { type Claim, claim, type Json, type Lab } from "../claim.ts";
import { openBurst } from "./burst.ts";
import { type Burst, burst, onEach } from "./each_transport.ts";
import { firstWorker, withWorkers } from "./first_worker.ts";
import { sdk, Thread } from "./thread.ts";
import { transports } from "./stamped.ts";

/** How long the thread may wait itself, ms; and how long a wait is without that bound. */
const [blockMs, unboundMs] = [10, 100];

/** Events for the Worker, and the pause in front of each, ms: it is blocked then. */
const [sent, pauseMs] = [5, 47];

/** How long it may take to end, ms, on an emulated processor. */
const patienceMs = 8000;

/** U36. */
export const blocking: readonly Claim[] = [
  claim({
    id: "U36",
    title:
      "With blockMs a thread waits itself: events wake it, timers and messages have their turn behind each wait, and a timeout, an abort and a close end it",
    source: "Ringside's promise (sdk/options.ts, blockMs)",
    prepare: firstWorker,
    prove: async (lab) => {
      await onEach(lab, endings, { blockMs });
      await withWorkers(() => onWorkers(lab));
    },
  }),
];

/** All ways to end a wait come from this thread, which is the one that waits. */
async function endings(events: Burst): Promise<Json> {
  const outcomes: string[] = [];
  const ask = async (options = {}): Promise<void> => {
    outcomes.push((await events.next(options)).is);
  };
  await ask({ timeoutMs: 5 });
  await ask({ signal: AbortSignal.timeout(pauseMs) });
  setTimeout(() => burst(events, 1), pauseMs);
  await ask();
  setTimeout(() => events.close(), pauseMs);
  await ask();
  assert.deepEqual(outcomes, ["timeout", "aborted", "event", "closed"]);
  return outcomes;
}

/** A Worker waits, and this thread sends. */
async function onWorkers(lab: Lab): Promise<void> {
  for (const transport of transports()) {
    await using events = await openBurst(lab, { transport, cpus: [] });
    const { taken, stats, gapMs, endMs } = await readBlocked(events);
    lab.evidence({
      [`${transport}, worker`]: { taken, wakeups: stats.wakeups, gapMs, endMs },
    });
    assert.equal(taken, sent);
    assert.ok(stats.wakeups > 0, "no event has ended a wait");
    // A timer of 1 ms is as late as the wait is long: not less, or it is none.
    assert.ok(gapMs > blockMs / 2, `timers came after ${gapMs} ms`);
    assert.ok(gapMs < 0.7 * unboundMs, `timers ${gapMs} ms late`);
    assert.ok(endMs < patienceMs, `it took ${endMs} ms to end`);
  }
}

/** What the Worker is told. */
interface Order {
  readonly sdk: string;
  readonly shared: Shared;
  readonly blockMs: number;
}

/** What it has to say. */
interface Told {
  readonly taken: number;
  readonly stats: Stats;
  /** Median of the times between two runs of a timer of 1 ms. */
  readonly gapMs: number;
}

/** What the Worker runs: its source is all that it has, so it names nothing from outside. */
async function readWaiting({ sdk, shared, blockMs }: Order): Promise<void> {
  const worker = self as unknown as Worker;
  const { joinEvents: join } = await import(sdk) as {
    joinEvents: typeof joinEvents;
  };
  const events = await join(shared, { blockMs });
  worker.onmessage = () => events.close();
  const gaps: number[] = [];
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    gaps.push(now - last);
    last = now;
  }, 1);
  let taken = 0;
  worker.postMessage("ready");
  await events.forEach(() => void taken++);
  clearInterval(timer);
  gaps.sort((one, other) => one - other);
  const gapMs = gaps[gaps.length >> 1] ?? 0;
  worker.postMessage({ taken, stats: events.stats(), gapMs });
}

async function readBlocked(
  events: Burst,
): Promise<Told & { readonly endMs: number }> {
  using worker = new Thread(readWaiting);
  const order: Order = { sdk, shared: events.share(), blockMs };
  assert.equal(await worker.ask(order), "ready");
  for (let count = 0; count < sent; count++) {
    await sleep(pauseMs);
    burst(events, 1);
  }
  await sleep(2 * unboundMs);
  const began = performance.now();
  const told = await worker.ask("close") as Told;
  return { ...told, endMs: performance.now() - began };
}
