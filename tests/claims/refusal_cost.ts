/**
 * R: what an event costs that there is no room for.
 *
 * @module
 */

import { probeRing } from "../../mod.ts";
import { type Claim, claim } from "../claim.ts";
import { Pinned } from "./burst.ts";
import { judge, method, type Order, ratio } from "./cost.ts";
import { loadCosts } from "./load_costs.ts";
import { eventBytes, refusedByPerf, refusedByRing } from "./refusals.ts";
import { requireTestRun } from "./trigger.ts";

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
