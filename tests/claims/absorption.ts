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

/** How many events of a burst a transport keeps: on the low CPU, on the high one, on both at once. */
async function kept(
  lab: Lab,
  transport: Transport,
  pages: number,
): Promise<{ low: number; high: number; both: number }> {
  using cpus = new Pinned();
  await using events = await openBurst(lab, {
    ...{ transport, maxMs: Infinity },
    ...{ ringBytes: pages * pageSize(), perfPages: pages },
  });
  const burst = (...on: number[]): number => {
    for (const cpu of on) {
      cpus.to(cpu);
      send(events.object, transport, pages * pageSize() / smallestRecord);
    }
    return events.drain().length;
  };
  const { low, high } = cpus;
  return { low: burst(low), high: burst(high), both: burst(low, high) };
}

/** Less than an event of 24 bytes takes on either transport: 32 on the ring, 40 on perf. */
const smallestRecord = 16;

/** M2. */
export const absorption: readonly Claim[] = [
  claim({
    id: "M2",
    title:
      "A burst on one CPU: with equal total memory the ring absorbs about CPUs × as many events as perf before it drops; of a burst on all CPUs it absorbs only as much more as its records are smaller",
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
      // What was lost before is told in front of the next event, which may take its room.
      assert.ok(perf.both <= cpus * perf.low);
      assert.ok(perf.both >= cpus * (perf.low - 1));
      if (!probeRing().has) return;
      const ring = await kept(lab, "ring", cpus * share);
      const ratio = Math.round(100 * ring.low / perf.low) / 100;
      const atOnce = Math.round(100 * ring.both / perf.both) / 100;
      lab.evidence({ ring, ratio, ratioBoth: atOnce });
      assert.deepEqual([ring.high, ring.both], [ring.low, ring.low]);
      assert.ok(atOnce >= 1 && atOnce < 1.5, `ratio ${atOnce} on both CPUs`);
      assert.ok(ratio >= cpus && ratio < 1.5 * cpus, `ratio ${ratio}`);
    },
  }),
];
