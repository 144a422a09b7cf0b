/**
 * U: how a wait and a stream end.
 *
 * @module
 */

import assert from "node:assert/strict";
import { type Claim, claim } from "../claim.ts";
import { burst, onEach } from "./each_transport.ts";

/** U1, U3. */
export const outcomes: readonly Claim[] = [
  claim({
    id: "U1",
    title: "next() tells an event, a timeout, an abort and a close apart",
    source: "Ringside's promise (sdk/events.ts)",
    prove: (lab) =>
      onEach(lab, async (events) => {
        const outcomes: string[] = [];
        const ask = async (options = {}): Promise<void> => {
          outcomes.push((await events.next(options)).is);
        };
        await ask({ timeoutMs: 0 });
        await ask({ timeoutMs: 20 });
        burst(events, 1);
        await ask({ timeoutMs: 0 });
        await ask({ signal: AbortSignal.timeout(20) });
        burst(events, 1);
        await ask();
        const waiting = ask();
        await events.close();
        await waiting;
        assert.deepEqual(outcomes, [
          ...["timeout", "timeout", "event", "aborted", "event", "closed"],
        ]);
        return outcomes;
      }),
  }),
  claim({
    id: "U3",
    title:
      "A close within forEach ends it behind that event; what is behind is lost as unread, and the account stays readable",
    source: "Ringside's promise (sdk/events.ts)",
    prove: (lab) =>
      onEach(lab, async (events) => {
        burst(events, 5);
        let seen = 0;
        await events.forEach(() => {
          if (++seen === 2) events.close();
        });
        await events.close();
        const { attempted, delivered, lost, pending } = events.stats();
        assert.deepEqual([seen, delivered], [2, 2]);
        assert.deepEqual([attempted, lost, pending], [5, 3, 0]);
        assert.deepEqual(events.drain(), []);
        assert.throws(() => events.object.load(), /is closed/);
        return { seen };
      }),
  }),
];
