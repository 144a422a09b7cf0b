/**
 * U: the ways to take events, the same on both transports.
 *
 * @module
 */

import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { BpfError, type Events } from "../../mod.ts";
import { type Claim, claim } from "../claim.ts";
import type { BurstEvent } from "./burst.ts";
import { burst, number, onEach } from "./each_transport.ts";
import { requireTestRun } from "./trigger.ts";
import { patienceMs } from "./woken.ts";

/** U2, U4, U5. */
export const consumption: readonly Claim[] = [
  claim({
    id: "U2",
    title:
      "What forEach's consumer throws comes out once, names its event, and loses none behind it",
    source: "Ringside's promise (sdk/intake.ts)",
    prove: (lab) =>
      onEach(lab, async (events) => {
        burst(events, 10);
        const seen: number[] = [];
        const thrown = new Error("enough");
        const failure = await events.forEach((event) => {
          seen.push(number(event));
          if (seen.length === 4) throw thrown;
        }).then(() => undefined, (error) => error);
        assert.ok(failure instanceof BpfError);
        assert.equal(failure.cause, thrown);
        assert.match(failure.message, /behind event 4 of stream "events"/);
        assert.equal(seen.length, 4, "the consumer was called again");
        const rest = events.drain().map(number);
        assert.deepEqual([...seen, ...rest], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        const { attempted, delivered, lost, pending } = events.stats();
        assert.deepEqual([attempted, delivered, lost, pending], [10, 10, 0, 0]);
        return { seen, rest };
      }),
  }),
  claim({
    id: "U4",
    title:
      "for await, batches, forEach, readable and drain take from one queue: no event twice, none left out",
    source: "Ringside's promise (sdk/events.ts)",
    prove: (lab) =>
      onEach(lab, async (events) => {
        const seen: number[] = [];
        burst(events, 6);
        for await (const event of events) {
          if (seen.push(number(event)) === 2) break;
        }
        for await (const batch of events.batches()) {
          seen.push(...batch.map(number));
          break;
        }
        burst(events, 3);
        const reader = events.readable.getReader();
        seen.push(number((await reader.read()).value as BurstEvent));
        reader.releaseLock();
        seen.push(...events.drain().map(number));
        assert.deepEqual(seen, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
        return seen.length;
      }),
  }),
  claim({
    id: "U5",
    title:
      "Under a flood from another thread timers run, and every event is accounted for",
    source: "Ringside's promise (sdk/reader.ts)",
    prove: (lab) => {
      requireTestRun(); // a rename is of this thread
      return onEach(lab, async (events) => {
        let seen = await untilTimer(events);
        const before = events.stats().attempted;
        const program = events.object.program(`burst_${events.transport}`);
        const flood = program.testRunElsewhere({ repeat: flooded })
          .finally(() => closeAtRest(events));
        for await (const _ of events) seen++;
        await flood;
        const { attempted, delivered, lost, lostBy } = events.stats();
        assert.equal(attempted, before + flooded);
        assert.equal(delivered, seen);
        assert.equal(delivered + lost, attempted);
        assert.equal(lostBy.unread, 0, "they never came to rest");
        return { attempted, delivered, lost };
      }, { ringBytes: 16384, perfPages: 4, maxMs: 5 });
    },
  }),
];

/** Closes when nothing is on its way any more, or when that does not come. */
async function closeAtRest(events: Events<BurstEvent>): Promise<void> {
  const until = performance.now() + patienceMs;
  while (events.stats().pending > 0 && performance.now() < until) {
    await setImmediate();
  }
  await events.close();
}

/** Sends more than it takes until a timer ran; answers how many events it took. */
async function untilTimer(events: Events<BurstEvent>): Promise<number> {
  let [ticked, seen] = [false, 0];
  setTimeout(() => ticked = true, 0);
  burst(events, 1);
  for await (const _ of events) {
    burst(events, 2);
    if (++seen === flooded || ticked) break;
  }
  assert.ok(ticked, "no timer ran");
  return seen;
}

/** Events of a flood: many times what the buffers hold. */
const flooded = 8000;
