/**
 * U: what ends a wait, and what the end leaves behind.
 *
 * @module
 */

import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { type Claim, claim, type Lab } from "../claim.ts";
import { asleep } from "./armed.ts";
import { openBurst } from "./burst.ts";
import { burst, onEach } from "./each_transport.ts";

/** The reader looks for itself this often, ms: a wait that nobody ends takes so long. */
const lookMs = 100;

/** Closes of which the soonest counts: a machine may be busy with others. */
const mostCloses = 50;

/** U10, U11. */
export const endings: readonly Claim[] = [
  claim({
    id: "U10",
    title:
      "A cancelled readable closes its stream; a call that was aborted leaves no wakeup behind, so that the next wait sleeps",
    source: "Ringside's promise (sdk/events.ts, ffi/wait.ts)",
    prove: (lab) =>
      onEach(lab, async (events) => {
        const signal = AbortSignal.timeout(10);
        assert.equal((await events.next({ signal })).is, "aborted");
        const before = events.stats().drains;
        const { is } = await events.next({ timeoutMs: lookMs / 2 });
        const drains = events.stats().drains - before;
        assert.equal(is, "timeout");
        assert.ok(drains < 10, `${drains} drains in one wait`);
        burst(events, 2);
        const reader = events.readable.getReader();
        assert.equal((await reader.read()).value?.sequence, 0n);
        await reader.cancel();
        assert.equal((await events.next()).is, "closed");
        assert.equal(events.stats().lostBy.unread, 1);
        return { drains };
      }),
  }),
  claim({
    id: "U11",
    title: "A close ends a wait at once, not when the reader looks next",
    source: "Ringside's promise (sdk/reader.ts)",
    prove: async (lab) => {
      const ms: number[] = [];
      do {
        ms.push(await closeMs(lab));
      } while (ms.length < mostCloses && Math.min(...ms) >= lookMs / 2);
      lab.evidence({ closeMs: ms, lookMs });
      assert.ok(Math.min(...ms) < lookMs / 2, `it took ${ms} ms`);
    },
  }),
];

/** How long a stream's wait that has just begun outlives its close, ms. */
async function closeMs(lab: Lab): Promise<number> {
  await using events = await openBurst(lab);
  const waiting = events.next();
  while (!asleep()) await setImmediate();
  const began = performance.now();
  const closing = events.close();
  assert.equal((await waiting).is, "closed");
  const ms = Math.round(performance.now() - began);
  await closing;
  return ms;
}
