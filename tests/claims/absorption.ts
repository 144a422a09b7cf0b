/**
 * M: what the memory of a buffer is good for.
 *
 * The page's size is ffi/bpf_syscall.ts', which mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { pageSize } from "../../ffi/bpf_syscall.ts";
import { probeRing, type Transport } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";
import { openBurst, Pinned, send } from "./burst.ts";

/** How many events of a burst on one CPU a transport keeps, on the low CPU and on the high one. */
async function kept(
  lab: Lab,
  transport: Transport,
  pages: number,
): Promise<{ low: number; high: number }> {
  using cpus = new Pinned();
  await using events = await openBurst(lab, {
    ...{ transport, maxMs: Infinity },
    ...{ ringBytes: pages * pageSize(), perfPages: pages },
  });
  const burst = (cpu: number): number => {
    cpus.to(cpu);
    send(events.object, transport, pages * pageSize() / smallestRecord);
    return events.drain().length;
  };
  return { low: burst(cpus.low), high: burst(cpus.high) };
}

/** Less than an event of 24 bytes takes on either transport: 32 on the ring, 40 on perf. */
const smallestRecord = 16;

/** M2. */
export const absorption: readonly Claim[] = [
  claim({
    id: "M2",
    title:
      "A burst on one CPU: with equal total memory the ring absorbs about CPUs × as many events as perf before it drops",
    source:
      "Documentation/bpf/ringbuf.rst, Motivation: more efficient memory utilization by sharing",
    corrects: {
      said: "The ring needs a fraction of perf's memory",
      right:
        "For a burst on one CPU: what is free is free to all CPUs, and a record is a little smaller. When all CPUs burst at once the rest is only that little",
    },
    prove: async (lab) => {
      // Two CPUs' share of memory: the sizes of both are powers of two.
      const [cpus, share] = [2, 2];
      const perf = await kept(lab, "perf", share);
      lab.evidence({ shares: cpus, pages: share, perf });
      // The other CPU's buffer was empty all the time.
      assert.ok(perf.low > 0);
      assert.equal(perf.high, perf.low);
      if (!probeRing().has) return;
      const ring = await kept(lab, "ring", cpus * share);
      const ratio = Math.round(100 * ring.low / perf.low) / 100;
      lab.evidence({ ring, ratio });
      assert.equal(ring.high, ring.low);
      assert.ok(ratio >= cpus && ratio < 1.5 * cpus, `ratio ${ratio}`);
    },
  }),
];
