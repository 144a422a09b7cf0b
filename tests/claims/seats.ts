/**
 * U: one reader for each buffer, one after the other.
 *
 * @module
 */

import assert from "node:assert/strict";
import { BpfError, joinEvents, type Tagged } from "../../mod.ts";
import { type Claim, claim } from "../claim.ts";
import {
  assertFlow,
  numberOf,
  onStream,
  onStreams,
  sendFrom,
  type StampedEvent,
  type StampedStreams,
  twoCpus,
} from "./stamped.ts";

/** U33, U34. */
export const seats: readonly Claim[] = [
  claim({
    id: "U33",
    title:
      "A buffer has one reader: a second one is refused; of a ring the next reader takes what was sent while nobody read, and each account is exact",
    source: "Ringside's promise (sdk/seats.ts)",
    prove: (lab) =>
      onStream(lab, "one", { cpus: [] }, async (events) => {
        const [low] = twoCpus();
        const shared = structuredClone(events.share());
        const join = () => joinEvents<StampedEvent>(shared);
        // A perf buffer is there only while somebody reads it.
        const kept = events.transport === "ring";
        sendFrom(low, events, "one", 5);
        await using first = await join();
        await assert.rejects(join(), /it has a reader already/);
        sendFrom(low, events, "one", 2);
        const got = first.drain().map(numberOf);
        assert.deepEqual(got, kept ? [0, 1, 2, 3, 4, 5, 6] : [5, 6]);
        assertFlow(first.stats(), [got.length, got.length, 0, 0]);
        sendFrom(low, events, "one", 3);
        await first.close();
        assert.equal(first.stats().lostBy.unread, 3);
        await using next = await join();
        sendFrom(low, events, "one", 1);
        const rest = next.drain().map(numberOf);
        assert.deepEqual(rest, kept ? [7, 8, 9, 10] : [10]);
        assertFlow(next.stats(), [rest.length, rest.length, 0, 0]);
        assertFlow(events.stats(), [0, 0, 0, 0]);
        assert.throws(() => next.object, /the thread that opened it/);
        await next.close();
        await events.close();
        await assert.rejects(join(), /the stream that was shared is closed/);
        return { got, rest };
      }),
  }),
  claim({
    id: "U34",
    title:
      "A share of openStreams is read as its opener would: each event says whose it is; a reader that reads refuses company, and a CPU of one ring cannot be asked for",
    source: "Ringside's promise (sdk/open.ts, sdk/ports.ts)",
    prove: (lab) =>
      onStreams(lab, {}, async (events) => {
        const [low] = twoCpus();
        const shared = events.share();
        await assert.rejects(joinEvents(shared), BpfError);
        sendFrom(low, events, "one");
        assert.equal(events.drain().length, 1);
        if (events.transport === "ring") {
          await assert.rejects(
            joinEvents(shared, { cpus: [low] }),
            /its one ring serves all CPUs/,
          );
        }
        await using silent = await joinEvents<Tagged<StampedStreams>>(shared, {
          cpus: [],
        });
        assert.deepEqual(silent.drain(), []);
        return silent.queries().length;
      }),
  }),
];
