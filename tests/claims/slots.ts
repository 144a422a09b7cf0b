/**
 * T: whose the slots of a perf event array are.
 *
 * Programs that outlive their object and single perf events are ffi's, which
 * mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { KeptProgram } from "../../ffi/kept_program.ts";
import { PerfEvent } from "../../ffi/perf_event.ts";
import { probeRing, RingBuffer } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";
import { Pinned } from "./burst.ts";
import { install, loadHalf } from "./half.ts";
import { requireTestRun } from "./trigger.ts";

const { ENOENT } = constants.errno;

/** Runs the perf half with its map open and after the map's only descriptor was closed. */
function closeUnderPerf(lab: Lab): { open: number; closed: number } {
  using cpus = new Pinned();
  cpus.to(cpus.low);
  using event = new PerfEvent({ cpu: cpus.low, pages: 1 });
  using object = loadHalf(lab, "perf");
  install(object, cpus.low, event.fd);
  using program = new KeptProgram(object.program("burst_perf"));
  const open = program.testRun().result;
  const { head } = event;
  object.close();
  const closed = program.testRun().result;
  assert.ok(head > 0, "nothing came while the map was open");
  assert.equal(event.head, head);
  return { open, closed };
}

/** The same on the ring; answers beside it what its reader got. */
function closeUnderRing(
  lab: Lab,
): { open: number; closed: number; got: number[] } {
  using object = loadHalf(lab, "ring");
  const got: number[] = [];
  using reader = RingBuffer.open(object.map("events_ring"), (sample) => {
    got.push(Number(sample.getBigUint64(0)));
  });
  using program = new KeptProgram(object.program("burst_ring"));
  const open = program.testRun().result;
  object.close();
  const closed = program.testRun().result;
  reader.consume();
  return { open, closed, got };
}

/** T1. */
export const slots: readonly Claim[] = [
  claim({
    id: "T1",
    title:
      "Closing the map fd that installed the perf slots empties them (ENOENT); a ring does not care",
    source:
      "kernel/bpf/arraymap.c, perf_event_fd_array_release; kernel/bpf/ringbuf.c has no such thing",
    prove: (lab) => {
      requireTestRun();
      if (probeRing().has) {
        const ring = closeUnderRing(lab);
        lab.evidence({ ring });
        assert.deepEqual(ring, { open: 0, closed: 0, got: [0, 1] });
      }
      const perf = closeUnderPerf(lab);
      lab.evidence({ perf });
      assert.deepEqual(perf, { open: 0, closed: -ENOENT });
    },
  }),
];
