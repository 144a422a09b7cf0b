/**
 * O: the order that a merge by time restores.
 *
 * @module
 */

import assert from "node:assert/strict";
import { type Claim, claim } from "../claim.ts";
import { nextEvents } from "./next_events.ts";
import {
  age,
  numberOf,
  onStream,
  sendFrom,
  type StampedEvent,
  twoCpus,
} from "./stamped.ts";

/** How long events are held, ms. */
const windowMs = 20;

/** How far an event lies behind the youngest one before it, at most, ms. */
function disorderOf(events: readonly StampedEvent[]): number {
  let [youngest, most] = [0n, 0n];
  for (const { stamp: { time } } of events) {
    if (time > youngest) youngest = time;
    else if (youngest - time > most) most = youngest - time;
  }
  return Number(most) / 1e6;
}

/** O6. */
export const merge: readonly Claim[] = [
  claim({
    id: "O6",
    title:
      "Timestamp merge restores the global order of perf events, within its window, and reports what came late",
    source: "Ringside's promise (sdk/merge.ts)",
    prove: (lab) =>
      onStream(
        lab,
        "each",
        { order: "timestamp", windowMs },
        async (events) => {
          const [low, high] = twoCpus();
          for (const cpu of [high, low, high, high, low, low, high, low]) {
            sendFrom(cpu, events, "each");
          }
          const merged = await nextEvents(events, 8);
          assert.deepEqual(merged.map(numberOf), [0, 1, 2, 3, 4, 5, 6, 7]);
          const { order } = events.stats();
          assert.equal(order?.late, 0);
          assert.ok(
            order.disorderMs > 0,
            "the buffers were in order by chance",
          );
          // An event from the time when the machine had just begun.
          age(events, merged.at(-1)?.stamp.time ?? 0n);
          sendFrom(low, events, "each");
          assert.deepEqual((await nextEvents(events, 1)).map(numberOf), [8]);
          const { order: after, delivered, pending } = events.stats();
          assert.equal(after?.late, 1);
          assert.ok(after.disorderMs > order.disorderMs);
          assert.deepEqual([after.held, delivered, pending], [0, 9, 0]);
          const { disorderMs, heldMs } = order;
          const mergedMs = disorderOf(merged);
          assert.equal(mergedMs, 0);
          return { disorderMs, mergedMs, heldMs, late: after.late };
        },
      ),
  }),
];
