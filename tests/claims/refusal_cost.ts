/**
 * R: what an event costs that there is no room for; that of perf is
 * ffi/perf_event.ts, and a page's size ffi/bpf_syscall.ts, which mod.ts does not
 * hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { pageSize } from "../../ffi/bpf_syscall.ts";
import { PerfEvent } from "../../ffi/perf_event.ts";
import { type BpfObject, probeRing } from "../../mod.ts";
import { type Claim, claim } from "../claim.ts";
import { Pinned } from "./burst.ts";
import { costs, judge, method, type Order, ratio } from "./cost.ts";
import { install } from "./half.ts";
import { loadCosts } from "./load_costs.ts";
import { answer } from "./raw_ring.ts";
import { requireTestRun } from "./trigger.ts";

const { ENOSPC } = constants.errno;

/** Bytes of the large event of bpf/costs.bpf.c. */
const eventBytes = 4096;

/** Pages of the perf buffer. */
const pages = 8;

/** R6. */
export const refusalCost: readonly Claim[] = [
  claim({
    id: "R6",
    title:
      "With reserve no work is wasted on a drop: the program knows before it fills the record. With bpf_ringbuf_output, as with perf, the event is made and lost",
    source:
      "Documentation/bpf/ringbuf.rst: bpf_ringbuf_output, as perf, needs the whole sample first; kernel/events/core.c, perf_event_output",
    corrects: {
      said:
        "The ring saves the copy that perf wastes on an event for which there is no room",
      right:
        "bpf_ringbuf_reserve does: it answers NULL before anything is filled. bpf_ringbuf_output needs the whole event first, as perf does, and loses that work as perf does",
    },
    prove: async (lab) => {
      requireTestRun();
      using cpus = new Pinned();
      cpus.to(cpus.low);
      using object = loadCosts(lab);
      const perf = await refusedByPerf(object, cpus.low);
      const filled = ratio(perf.filled, perf.unfilled);
      const orders = { "perf: filled / unfilled": least(filled, 1.05) };
      lab.evidence({ eventBytes, ...method(), perfNs: perf });
      if (!probeRing().has) return judge(lab, orders);
      const ring = await refusedByRing(object);
      const size = ratio(ring.reserveLarge, ring.reserveSmall);
      lab.evidence({ ringNs: ring });
      judge(lab, {
        ...orders,
        "reserve: large / small": { ratio: size, atMost: 1.3 },
        "output / reserve": least(ratio(ring.output, ring.reserveLarge), 1.3),
        "perf / reserve": least(ratio(perf.filled, ring.reserveLarge), 1.5),
      });
    },
  }),
];

const least = (ratio: number, atLeast: number): Order => ({ ratio, atLeast });

/** Cost of an event that a full perf buffer refuses, ns: of one that is filled, and of one that is not. */
async function refusedByPerf(
  object: BpfObject,
  cpu: number,
): Promise<Record<"filled" | "unfilled", number>> {
  using event = new PerfEvent({ cpu, pages, wakeupEvents: 1 << 30 });
  install(object, cpu, event.fd);
  const repeat = Math.ceil(pages * pageSize() / eventBytes);
  object.program("perf_unfilled").testRun({ repeat });
  const { head } = event;
  assert.ok(head > eventBytes, "the buffer took nothing");
  const refused = (program: string): number => {
    const run = object.program(program).testRun({ repeat: method().repeat });
    // A full buffer answers 0 on kernels such as 4.19: L1.
    assert.ok([-ENOSPC, 0].includes(run.result), `it answered ${run.result}`);
    return run.durationNs;
  };
  const built = (): boolean =>
    object.map("scratch").lookup(0).some((byte) => byte !== 0);
  assert.ok(!built());
  const ns = await costs({
    filled: () => refused("perf_large"),
    unfilled: () => refused("perf_unfilled"),
  });
  assert.equal(event.head, head, "the buffer was not full");
  assert.ok(built(), "the refused event was not built");
  return ns;
}

/** The same of a full ring. */
async function refusedByRing(
  object: BpfObject,
): Promise<Record<"reserveLarge" | "reserveSmall" | "output", number>> {
  const { repeat } = method();
  const refused = (program: string, result: number): number => {
    const run = object.program(program).testRun({ repeat });
    assert.equal(run.result, result, `${program} is not refused`);
    return run.durationNs;
  };
  // 1 MiB: as many large ones as there is room for, then small ones.
  object.program("reserve_large").testRun({ repeat: 256 });
  object.program("reserve_small").testRun({ repeat: 256 });
  return await costs({
    reserveLarge: () => refused("reserve_large", answer.null),
    reserveSmall: () => refused("reserve_small", answer.null),
    output: () => refused("output_large", answer.again),
  });
}
