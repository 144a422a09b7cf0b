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
        "To each producer they are: a shared ring makes an event cost more in company, by its lock; with a ring for each CPU it costs what it costs alone, as on perf, and the order across CPUs is gone again. Whether two on one ring send less together than one alone is another question, whose answer changes on one machine: 0.6 to 3.8 times the time for each event of both was seen, so that is measured and not judged",
    },
    prove: async (lab) => {
      lab.evidence({ ...method(), repeat: measuredEvents() });
      const perf = await slowdown(lab, "perf");
      const alike = {
        "perf: in company / alone": { ratio: perf.each, atMost: 2 },
        "perf: both / alone": { ratio: perf.both },
      };
      if (!probeRing().has) return judge(lab, alike);
      const own = await slowdown(lab, "a ring each");
      const shared = await slowdown(lab, "one ring");
      judge(lab, {
        ...alike,
        "a ring each: in company / alone": { ratio: own.each, atMost: 2 },
        "a ring each: both / alone": { ratio: own.both },
        "one ring: in company / alone": { ratio: shared.each, atLeast: 1.1 },
        "one ring: both / alone": { ratio: shared.both },
        "a ring each / one ring": {
          ratio: ratio(own.each, shared.each),
          atMost: 0.9,
        },
        "perf / one ring": {
          ratio: ratio(perf.each, shared.each),
          atMost: 0.9,
        },
      });
    },
  }),
];

/** What company makes of the cost of an event, as multiples of that alone. */
interface Slowdown {
  /** To its producer. */
  readonly each: number;
  /** Of any event, if both producers' are counted: below 1 both send more than one alone. */
  readonly both: number;
}

/** What company makes of the cost of an event on a route. */
async function slowdown(lab: Lab, route: Route): Promise<Slowdown> {
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
  return { each: ratio(accompanied, alone), both: ratio(both, alone) };
}
