/**
 * S: what libbpf's reader and ours make of the same memory.
 *
 * Ours are ffi/mapped_ring.ts and ffi/perf_event.ts, which the SDK stands on and
 * mod.ts does not hand on. Two readers of one buffer share its consumer's
 * position: it is set back between the two readings.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { mapType, pageSize, tryMap } from "../../ffi/bpf_syscall.ts";
import { PerfEvent } from "../../ffi/perf_event.ts";
import { PerfBuffer, RingBuffer, type Sample } from "../../mod.ts";
import { type Claim, claim, type Json, type Lab } from "../claim.ts";
import { Pinned } from "./burst.ts";
import { mapRing } from "./map_ring.ts";
import { compare, openMixed, type Records } from "./mixed.ts";
import { requireTestRun } from "./trigger.ts";

/** Pages of the perf buffer. */
const pages = 16;

/** S8. */
export const readers: readonly Claim[] = [
  claim({
    id: "S8",
    title:
      "The same record read by libbpf's callback and by the mapped reader is byte for byte the same (differential)",
    source:
      "libbpf, ringbuf_process_ring and perf_event_read_simple; include/uapi/linux/perf_event.h",
    since: "5.8",
    needs: "ring",
    absent: (lab) => {
      lab.evidence({ perf: onPerf(lab) });
      const ring = { type: mapType.ringbuf, maxEntries: pageSize() };
      assert.equal(tryMap(ring), constants.errno.EINVAL);
    },
    prove: (lab) => {
      lab.evidence({ ring: onRing(lab) });
      lab.evidence({ perf: onPerf(lab) });
    },
  }),
];

function onRing(lab: Lab): Json {
  using object = openMixed(lab, "ring");
  const theirs: Records = [];
  const map = object.map("ring");
  using reader = RingBuffer.open(map, (sample) => keep(theirs, sample));
  using ring = mapRing(map);
  return compare(object, "ring", (ours) => {
    const from = ring.consumer;
    reader.consume();
    const to = ring.consumer;
    ring.consumer = from;
    assert.ok(ring.drain((sample) => keep(ours, sample)));
    assert.equal(ring.consumer, to, "the readers end at different places");
    return theirs.splice(0);
  });
}

function onPerf(lab: Lab): Json {
  requireTestRun();
  using cpus = new Pinned();
  cpus.to(cpus.low);
  using object = openMixed(lab, "perf");
  const theirs: Records = [];
  using reader = PerfBuffer.open(object.map("perf"), pages, {
    sample: (sample) => keep(theirs, sample),
    lost: () => {},
  });
  using undo = new DisposableStack();
  const events = reader.fds.map((fd) =>
    undo.use(new PerfEvent({ fd, pages, cpu: cpus.low }))
  );
  return compare(object, "perf", (ours) => {
    const event = events.find(({ state }) => state.available > 0);
    assert.ok(event, "no buffer holds anything");
    const from = event.tail;
    reader.consume();
    const to = event.tail;
    event.tail = from;
    assert.ok(event.drain((sample) => keep(ours, sample)));
    assert.equal(event.tail, to, "the readers end at different places");
    return theirs.splice(0);
  });
}

function keep(records: Records, sample: Sample): void {
  records.push(sample.copy());
}
