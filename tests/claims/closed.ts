/**
 * U: what can be asked of a stream that is closed.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Events } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";
import { openBurst, send } from "./burst.ts";
import { transports } from "./transports.ts";

/** U28. */
export const closed: readonly Claim[] = [
  claim({
    id: "U28",
    title:
      "A close may come twice, at once, and with an exception in flight; what is asked of a closed stream is an end or an error, never a crash",
    source: "Ringside's promise (sdk/events.ts)",
    prove: async (lab) => {
      for (const transport of transports()) {
        const stream = await failing(lab, transport);
        await Promise.all([stream.close(), stream.close()]);
        assert.deepEqual(stream.drain(), []);
        assert.equal((await stream.next()).is, "closed");
        for await (const _ of stream) assert.fail("an event after the close");
        for (
          const ask of [
            () => stream.queries(),
            () => stream.pause(),
            () => stream.share(),
            () => stream.object.load(),
          ]
        ) assert.throws(ask, /closed/);
        const { attempted, delivered, lostBy, pending } = stream.stats();
        assert.deepEqual([attempted, delivered, pending], [5, 2, 0]);
        assert.equal(lostBy.unread, 3);
        lab.evidence({ [transport]: lostBy.unread });
      }
    },
  }),
];

/** A stream that an exception has left, and closed on its way. */
async function failing(
  lab: Lab,
  transport: "ring" | "perf",
): Promise<Events<unknown>> {
  const thrown = new Error("in flight");
  let left: Events<unknown> | undefined;
  const failure = await (async () => {
    await using events = await openBurst(lab, { transport });
    left = events;
    send(events.object, transport, 5);
    for await (const { sequence } of events) if (sequence === 1n) throw thrown;
  })().catch((error) => error);
  assert.equal(failure, thrown);
  assert.ok(left);
  return left;
}
