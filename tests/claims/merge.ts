/**
 * O: the order that a merge by time restores.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Events } from "../../mod.ts";
import { type Claim, claim } from "../claim.ts";
import {
  age,
  numberOf,
  onStream,
  sendFrom,
  type StampedEvent,
  twoCpus,
} from "./stamped.ts";

/** Longer than an emulated machine is away. */
const patienceMs = 10_000;

/** How long events are held, ms; and by how much one is late then, ns. */
const windowMs = 100;
const lateNs = 60_000_000_000n;

/** The numbers of the next events, in the order in which they come. */
async function numbers(
  events: Events<StampedEvent>,
  count: number,
): Promise<number[]> {
  const taken: number[] = [];
  while (taken.length < count) {
    const next = await events.next({ timeoutMs: patienceMs });
    assert.equal(next.is, "event");
    if (next.is === "event") taken.push(numberOf(next.event));
  }
  return taken;
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
          // A drain that takes one CPU's buffer after the other's is not enough.
          assert.deepEqual(events.drain(), []);
          const merged = await numbers(events, 8);
          assert.deepEqual(merged, [0, 1, 2, 3, 4, 5, 6, 7]);
          const { order } = events.stats();
          assert.equal(order?.late, 0);
          assert.ok(
            order.disorderMs > 0,
            "the buffers were in order by chance",
          );
          assert.ok(order.heldMs > 0);
          age(events, lateNs);
          sendFrom(low, events, "each");
          assert.deepEqual(await numbers(events, 1), [8]);
          const { order: after, delivered, pending } = events.stats();
          assert.equal(after?.late, 1);
          assert.ok(after.disorderMs > Number(lateNs) / 1e6 - patienceMs);
          assert.deepEqual([after.held, delivered, pending], [0, 9, 0]);
          const { disorderMs, heldMs } = order;
          return { merged, disorderMs, heldMs, late: after.late };
        },
      ),
  }),
];
