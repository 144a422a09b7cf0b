/**
 * U: a stream as a flight recorder.
 *
 * The page's size is ffi/bpf_syscall.ts', which mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { pageSize } from "../../ffi/bpf_syscall.ts";
import type { Events } from "../../mod.ts";
import { type Claim, claim, type Json } from "../claim.ts";
import {
  assertFlow,
  numberOf,
  openStamped,
  sendFrom,
  type StampedEvent,
  twoCpus,
} from "./stamped.ts";

/** Sends more than the buffer holds; how much of that it kept. */
async function record(events: Events<StampedEvent>): Promise<Json> {
  const [low] = twoCpus();
  const sent = Math.ceil(400 * pageSize() / 4096);
  sendFrom(low, events, "one", sent);
  const kept = events.snapshot().map(numberOf);
  const first = sent - kept.length;
  assert.deepEqual(kept, kept.map((_, index) => first + index));
  assert.ok(kept.length > 100 && first > 0);
  assert.deepEqual(events.snapshot().map(numberOf), kept);
  assertFlow(events.stats(), [sent, 0, first, kept.length]);
  assert.equal(events.stats().lostBy.overwritten, first);
  await assert.rejects(events.next(), /by snapshot\(\)/);
  return { kept: kept.length, reason: events.reason };
}

/** U25. */
export const recorder: readonly Claim[] = [
  claim({
    id: "U25",
    title:
      "Overwrite mode is a flight recorder: the newest events are there, whole and in order, and what gave way is counted",
    source:
      "Ringside's promise (sdk/recorder.ts); write_backward, Linux 4.7; BPF_F_RB_OVERWRITE, Linux 6.19",
    prove: async (lab) => {
      // Rings that overwrite are rarer than rings: what the SDK takes is asked of the stream.
      for (const transport of ["perf", "auto"] as const) {
        await using events = await openStamped(lab, "one", {
          ...{ overwrite: true, transport, perfPages: 2, ringBytes: 8192 },
        });
        lab.evidence({ [events.transport]: await record(events) });
      }
    },
  }),
];
