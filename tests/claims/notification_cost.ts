/**
 * C: what it costs to notify a consumer.
 *
 * @module
 */

import { probeRing, type Transport } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";
import { costs, judge, method, ratio } from "./cost.ts";
import { Notified } from "./notified.ts";

/** C1. */
export const notificationCost: readonly Claim[] = [
  claim({
    id: "C1",
    title:
      "By its own rule of notification the ring beats perf that notifies of each event; made to notify of each event it costs about what perf costs; sampled notification closes most of the gap",
    source:
      'c97099b0f227 ("bpf: Add BPF ringbuf and perf buffer benchmarks"), Linux 5.8: 12.1 M/s and 0.9 M/s, sampled 11.6 M/s and 9.9 M/s',
    corrects: {
      said: "The ring is faster than perf",
      right:
        "By its own rule, which wakes only a consumer that has caught up. Made to notify of each event it costs about what perf costs, and perf that notifies of one event in many comes close",
    },
    prove: async (lab) => {
      const sampled = method().repeat / 10;
      lab.evidence({ ...method(), sampledEvery: sampled });
      const perf = await measure(lab, "perf", { each: 1, sampled });
      const gain = ratio(perf.each, perf.sampled);
      const orders = { "perf: each / sampled": { ratio: gain, atLeast: 1.5 } };
      if (!probeRing().has) return judge(lab, orders);
      const ring = await measure(lab, "ring", {
        ...{ ownRule: 0, each: 1, sampled },
      });
      const gap = perf.each - ring.ownRule;
      const left = perf.sampled - ring.sampled;
      judge(lab, {
        ...orders,
        "perf each / ring": {
          ...{ ratio: ratio(perf.each, ring.ownRule), atLeast: 2 },
        },
        "ring: each / own rule": {
          ...{ ratio: ratio(ring.each, ring.ownRule), atLeast: 2 },
        },
        "perf each / ring each": {
          ...{ ratio: ratio(perf.each, ring.each), atLeast: 0.5, atMost: 2 },
        },
        "gap: sampled / each": { ratio: ratio(left, gap), atMost: 0.5 },
      });
    },
  }),
];

/** Median cost of an event for each way to notify, which is one in so many events. */
async function measure<Way extends string>(
  lab: Lab,
  transport: Transport,
  ways: Readonly<Record<Way, number>>,
): Promise<Record<Way, number>> {
  using notified = new Notified(lab, transport);
  const measured = {} as Record<Way, () => Promise<number>>;
  for (const way of Object.keys(ways) as Way[]) {
    measured[way] = () => notified.cost(ways[way]);
  }
  const ns = await costs(measured);
  lab.evidence({ [`${transport}, ns`]: ns });
  return ns;
}
