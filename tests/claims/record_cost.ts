/**
 * C: what a record costs that is written in place, and one that is copied.
 *
 * The ring is emptied by ffi/mapped_ring.ts, which mod.ts does not hand on: no
 * callback is to be run meanwhile.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { BpfObject } from "../../mod.ts";
import { type Claim, claim } from "../claim.ts";
import { Pinned } from "./burst.ts";
import { costs, judge, method, type Order, ratio } from "./cost.ts";
import { loadCosts } from "./load_costs.ts";
import { mapRing } from "./map_ring.ts";
import { header } from "./raw_ring.ts";

/** Bytes of the two events of bpf/costs.bpf.c. */
const sizes = { small: 8, large: 4096 } as const;

/** Both ways to send an event of one size. */
type Ways = Record<"reserve" | "output", number>;

/** C2. */
export const recordCost: readonly Claim[] = [
  claim({
    id: "C2",
    title: "A reserved record costs no more than an output one",
    source:
      'c97099b0f227 ("bpf: Add BPF ringbuf and perf buffer benchmarks"), Linux 5.8: reserve and commit 22.8 M/s, output 18.9 M/s',
    since: "5.8",
    needs: "ring",
    prove: async (lab) => {
      using cpus = new Pinned();
      cpus.to(cpus.low);
      using object = loadCosts(lab);
      const runs = { small: 5 * method().repeat, large: method().repeat / 5 };
      const small = await taken(object, "small", runs.small);
      const large = await taken(object, "large", runs.large);
      lab.evidence({ bytes: sizes, ...method(), repeat: runs });
      lab.evidence({ ns: { small, large } });
      judge(lab, {
        "small: reserve / output": most(small, 1.2),
        "large: reserve / output": most(large, 1.15),
      });
    },
  }),
];

function most(ns: Ways, atMost: number): Order {
  return { ratio: ratio(ns.reserve, ns.output), atMost };
}

/** Cost of an event that an empty ring takes, ns. */
async function taken(
  object: BpfObject,
  size: keyof typeof sizes,
  repeat: number,
): Promise<Ways> {
  using ring = mapRing(object.map("ring"));
  const send = (way: keyof Ways): number => {
    ring.consumer = ring.producer;
    const run = object.program(`${way}_${size}`).testRun({ repeat });
    assert.equal(run.result, 0, `${way}: the ring is full`);
    const record = sizes[size] + header;
    assert.equal(ring.producer - ring.consumer, repeat * record);
    return run.durationNs;
  };
  return await costs({
    reserve: () => send("reserve"),
    output: () => send("output"),
  });
}
