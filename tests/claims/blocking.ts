/**
 * U: a thread that waits for events itself.
 *
 * @module
 */

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Transport } from "../../mod.ts";
import { type Claim, claim, type Json, type Lab } from "../claim.ts";
import { openBurst, send } from "./burst.ts";
import { firstWorker, withWorkers } from "./first_worker.ts";
import { transports } from "./transports.ts";
import { WaitingThread } from "./waiting_thread.ts";

/** How long the thread may wait itself, ms; and how long a wait is without that bound. */
const [blockMs, unboundMs] = [10, 100];

/** Until something happens to a wait of this thread's, ms: it has begun by then. */
const pauseMs = 25;

/** Runs of a timer of the Worker's, of which the soonest tenth counts. */
const runs = 20;

/** Events that are sent to the Worker until one comes while it waits. */
const mostEvents = 100;

/** U36. */
export const blocking: readonly Claim[] = [
  claim({
    id: "U36",
    title:
      "With blockMs a thread waits itself: events wake it, timers and messages have their turn behind each wait, and a timeout, an abort and a close end it",
    source: "Ringside's promise (sdk/options.ts, blockMs)",
    prepare: firstWorker,
    prove: (lab) => withWorkers(() => waitAndRead(lab)),
  }),
];

/** On each transport this thread waits, then another one, the same for both. */
async function waitAndRead(lab: Lab): Promise<void> {
  using worker = new WaitingThread();
  for (const transport of transports()) {
    const outcomes = await endings(lab, transport);
    const told = await onWorker(lab, transport, worker);
    lab.evidence({ [transport]: { outcomes, worker: told } });
  }
}

/** All ways to end a wait come from this thread, which is the one that waits. */
async function endings(lab: Lab, transport: Transport): Promise<Json> {
  await using events = await openBurst(lab, { transport, blockMs });
  const outcomes: string[] = [];
  const ask = async (options = {}): Promise<void> => {
    outcomes.push((await events.next(options)).is);
  };
  await ask({ timeoutMs: 5 });
  await ask({ signal: AbortSignal.timeout(pauseMs) });
  setTimeout(() => send(events.object, transport, 1), pauseMs);
  await ask();
  setTimeout(() => events.close(), pauseMs);
  await ask();
  assert.deepEqual(outcomes, ["timeout", "aborted", "event", "closed"]);
  return outcomes;
}

/** A Worker waits, and this thread sends. */
async function onWorker(
  lab: Lab,
  transport: Transport,
  worker: WaitingThread,
): Promise<Json> {
  await using events = await openBurst(lab, { transport, cpus: [] });
  const gaps = await worker.read(events.share(), blockMs, runs);
  const [least = 0, median = 0] = [gaps[runs / 10], gaps[runs / 2]];
  let [sent, wakeups] = [0, 0];
  // An event that comes between two waits ends none.
  while (wakeups === 0 && sent < mostEvents) {
    await sleep(sent++ % blockMs);
    send(events.object, transport, 1);
    wakeups = await worker.wakeups();
  }
  const { delivered } = await worker.close();
  // A timer of 1 ms is as late as the wait is long: not less, or it is none.
  assert.ok(median > blockMs / 2, `timers came after ${median} ms`);
  assert.ok(least < 0.7 * unboundMs, `timers ${least} ms late`);
  assert.ok(wakeups > 0, "no event has ended a wait");
  assert.equal(delivered, sent);
  return { gapsMs: [least, median], sent, wakeups };
}
