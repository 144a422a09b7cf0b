/**
 * U: several streams and several rings behind one wait, and several readers.
 *
 * The page's size is ffi/bpf_syscall.ts', which mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { pageSize } from "../../ffi/bpf_syscall.ts";
import { joinEvents } from "../../mod.ts";
import { type Claim, claim } from "../claim.ts";
import {
  assertFlow,
  numberOf,
  onStream,
  onStreams,
  sendFrom,
  type StampedEvent,
  twoCpus,
} from "./stamped.ts";

/** Bytes of a ring of `each`, and of each CPU's perf buffer here, whatever a page has. */
const size = 16_384;

/** Events of `each` that none of them holds: 32 bytes each, or more. */
const tooMany = 600;

/** U20 to U22. */
export const streams: readonly Claim[] = [
  claim({
    id: "U20",
    title:
      "openStreams reads several streams behind one wait: each event says whose it is, each stream has its account",
    source: "Ringside's promise (sdk/open.ts)",
    prove: (lab) =>
      onStreams(lab, { order: "timestamp" }, async (events) => {
        const [low, high] = twoCpus();
        sendFrom(high, events, "each");
        sendFrom(low, events, "one");
        sendFrom(low, events, "each");
        const seen: string[] = [];
        for await (const { stream, event } of events) {
          if (seen.push(`${stream} ${numberOf(event)}`) === 3) break;
        }
        assert.deepEqual(seen, ["each 0", "one 1", "each 2"]);
        assertFlow(events.stats("each"), [2, 2, 0, 0]);
        assertFlow(events.stats("one"), [1, 1, 0, 0]);
        assertFlow(events.stats(), [3, 3, 0, 0]);
        assert.throws(() => events.stats("two"), /there is one, each$/);
        return { seen, buffers: events.queries().length };
      }),
  }),
  claim({
    id: "U21",
    title:
      "A ring for each CPU fills for itself, as perf does, and the account is exact",
    source: "Ringside's promise (bpf/ringside.bpf.h, RINGSIDE_EVENTS_PER_CPU)",
    prove: (lab) =>
      onStream(lab, "each", { perfPages: size / pageSize() }, (events) => {
        const [low, high] = twoCpus();
        sendFrom(high, events, "each", tooMany);
        sendFrom(low, events, "each", 10);
        const { lost, lostBy, delivered } = events.stats();
        assert.equal(delivered, 0);
        assert.equal(lost, lostBy.full + lostBy.silent);
        assert.ok(lost > 0, "the CPU's buffer held more than its size");
        const taken = events.drain();
        const fromLow = taken.filter(({ stamp }) => stamp.cpu === low);
        assert.equal(fromLow.length, 10);
        assert.equal(taken.length, tooMany + 10 - lost);
        assertFlow(events.stats(), [tooMany + 10, taken.length, lost, 0]);
        return { lost, taken: taken.length };
      }),
  }),
  claim({
    id: "U22",
    title:
      "Readers that join share the CPUs: each has its own events and an account that begins with it; without one a CPU has nobody listening",
    source: "Ringside's promise (sdk/open.ts, joinEvents)",
    prove: (lab) =>
      onStream(lab, "each", { cpus: [] }, async (events) => {
        const cpus = twoCpus();
        const shared = structuredClone(events.share());
        const counts = [3, 5];
        assert.notEqual(sendFrom(cpus[0], events, "each"), 0);
        for (const index of [0, 1, 0] as const) {
          const cpu = cpus[index];
          await using part = await joinEvents<StampedEvent>(shared, {
            cpus: [cpu],
          });
          for (const [other, from] of cpus.entries()) {
            sendFrom(from, events, "each", counts[other]);
          }
          const taken = part.drain();
          assert.ok(taken.every(({ stamp }) => stamp.cpu === cpu));
          assert.equal(taken.length, counts[index]);
          assertFlow(part.stats(), [taken.length, taken.length, 0, 0]);
        }
        for (const cpu of cpus) {
          assert.notEqual(sendFrom(cpu, events, "each"), 0, "somebody listens");
        }
        assertFlow(events.stats(), [0, 0, 0, 0]);
        return counts;
      }),
  }),
];
