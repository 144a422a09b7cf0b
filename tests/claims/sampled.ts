/**
 * U: a reader that is woken by one event in many.
 *
 * @module
 */

import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import type { Events } from "../../mod.ts";
import { type Claim, claim } from "../claim.ts";
import { asleep, soundMs } from "./armed.ts";
import { onStream, sendFrom, type StampedEvent, twoCpus } from "./stamped.ts";

/** One event in so many wakes. */
const every = 10;

/** U23. */
export const sampled: readonly Claim[] = [
  claim({
    id: "U23",
    title:
      "wakeup.every = N: N - 1 events wake nobody and come all the same, the next one wakes",
    source: "Ringside's promise (bpf/ringside.bpf.h, ringside_wakeup)",
    prove: (lab) =>
      onStream(lab, "one", { wakeup: { every } }, async (events) => {
        const held = await wakeups(events, every - 1, 1);
        const woken = await wakeups(events, every, 0);
        assert.deepEqual([held, woken], [0, 1]);
        return { held, woken };
      }),
  }),
];

/**
 * Sends `count` events while the reader sleeps, and answers how often that woke
 * it; then `rest` more, so that the next ones begin a new round. Where the sleep
 * may have ended by time meanwhile it tells nothing, and another is had.
 */
async function wakeups(
  events: Events<StampedEvent>,
  count: number,
  rest: number,
): Promise<number> {
  const [low] = twoCpus();
  for (let turn = 0; turn < 50; turn++) {
    const began = performance.now();
    const first = events.next();
    // A perf buffer may be ready of old, which is told and counted once.
    while (!asleep()) await setImmediate();
    const before = events.stats().wakeups;
    sendFrom(low, events, "one", count);
    const sound = performance.now() - began < soundMs;
    assert.equal((await first).is, "event");
    assert.equal(events.drain().length, count - 1);
    const woken = events.stats().wakeups - before;
    // The kernel runs a program that is to run no times once.
    if (rest > 0) sendFrom(low, events, "one", rest);
    assert.equal(events.drain().length, rest);
    if (sound) return woken;
  }
  throw new Error("Every sleep was over before the events were sent");
}
