/**
 * P: what it costs to share a ring.
 *
 * @module
 */

import { probeRing } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";
import { costs, judge, median, method, ratio } from "./cost.ts";
import {
  type Company,
  measuredEvents,
  Producers,
  type Route,
} from "./producers.ts";

/** P3. */
export const contention: readonly Claim[] = [
  claim({
    id: "P3",
    title:
      "An event costs its producer more while another one writes to the same ring; with a ring for each CPU, and on perf, it costs about what it costs alone",
    source:
      'kernel/bpf/ringbuf.c, __bpf_ringbuf_reserve: one spinlock for each ring; c97099b0f227 ("bpf: Add BPF ringbuf and perf buffer benchmarks"), Linux 5.8: 10.9 M/s alone, 4.9 M/s two together',
    corrects: {
      said:
        "Several ring buffers are faster than one, as perf's are, which has one for each CPU",
      right:
        "To each producer they are: a shared ring makes an event cost more in company, by its lock; with a ring for each CPU it costs what it costs alone, as on perf, and the order across CPUs is gone again",
    },
    prove: async (lab) => {
      lab.evidence({ ...method(), repeat: measuredEvents() });
      const perf = await slowdown(lab, "perf");
      const alike = { "perf: in company / alone": { ratio: perf, atMost: 2 } };
      if (!probeRing().has) return judge(lab, alike);
      const own = await slowdown(lab, "a ring each");
      const shared = await slowdown(lab, "one ring");
      judge(lab, {
        ...alike,
        "a ring each: in company / alone": { ratio: own, atMost: 2 },
        "one ring: in company / alone": { ratio: shared, atLeast: 1.1 },
        "a ring each / one ring": { ratio: ratio(own, shared), atMost: 0.9 },
        "perf / one ring": { ratio: ratio(perf, shared), atMost: 0.9 },
      });
    },
  }),
];

/** What company makes of the cost of an event on a route. */
async function slowdown(lab: Lab, route: Route): Promise<number> {
  using producers = new Producers(lab, route);
  const met: Company[] = [];
  const { alone, accompanied } = await costs({
    alone: () => producers.alone(),
    accompanied: async () => {
      const company = await producers.accompanied();
      met.push(company);
      return company.each;
    },
  });
  const measured = met.slice(method().warmed);
  const both = median(measured.map(({ together }) => together));
  const whole = measured.filter((company) => company.whole).length;
  lab.evidence({ [`${route}, ns`]: { alone, accompanied, both, whole } });
  return ratio(accompanied, alone);
}
