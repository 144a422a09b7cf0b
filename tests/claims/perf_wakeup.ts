/**
 * W5: how many events wake the reader of a perf buffer.
 *
 * The page's size is ffi/bpf_syscall.ts', which mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { pageSize } from "../../ffi/bpf_syscall.ts";
import { type Claim, claim, type Json, type Lab } from "../claim.ts";
import { wakes } from "./armed.ts";
import { RawPerf } from "./raw_perf.ts";
import { soon, watchMs } from "./woken.ts";

/** Bytes of each event, and of its record: header, size, bytes, padding. */
const [eventBytes, recordBytes] = [20, 32];

/** W5. */
export const perfWakeups: readonly Claim[] = [
  claim({
    id: "W5",
    title:
      "Perf: wakeup_events = N holds back N − 1 events; a half-full buffer wakes all the same",
    source:
      "kernel/events/ring_buffer.c: perf_output_begin, ring_buffer_init (watermark: half the buffer); kernel/events/core.c: perf_output_sample",
    prove: async (lab) => {
      const half = pageSize() / 2;
      const beyondHalf = Math.floor(half / recordBytes) + 1;
      const ten = await heldBack(lab, 10, 10);
      const never = await heldBack(lab, 1_000_000, beyondHalf);
      lab.evidence({ half, recordBytes, ten, never });
    },
  }),
];

/** Fails unless the `nth` event is the first that wakes. */
async function heldBack(
  lab: Lab,
  wakeupEvents: number,
  nth: number,
): Promise<Json> {
  const controlMs = await control(lab);
  using perf = RawPerf.open(lab, { pages: 1, wakeupEvents });
  const { fd } = perf.event;
  const early = await wakes(fd, watchMs(controlMs), () => {
    perf.send(eventBytes, nth - 1);
  });
  assert.equal(perf.event.head, (nth - 1) * recordBytes);
  assert.ok(!early, `one of the first ${nth - 1} events wakes`);
  const ms = await soon(fd, () => perf.send(eventBytes));
  return { wakeupEvents, silent: nth - 1, controlMs, ms };
}

/** How soon a reader that wants every event is woken, ms. */
async function control(lab: Lab): Promise<number> {
  using perf = RawPerf.open(lab, { pages: 1 });
  return await soon(perf.event.fd, () => perf.send(eventBytes));
}
