/**
 * L: what is told of lost events.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { type BpfObject, PerfBuffer, probeRing } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";
import { openBurst, overfull, Pinned, send } from "./burst.ts";
import { loadHalf } from "./half.ts";

const { ENOSPC } = constants.errno;

/** What a perf buffer tells, in its order: a sample's CPU, or a loss. */
type Told = { readonly cpu: number; readonly lost?: number };

/** The perf half of bpf/burst.bpf.c with a reader of one page that keeps what it is told. */
class PerfLab implements Disposable {
  readonly object: BpfObject;
  readonly #perf: PerfBuffer;
  readonly #told: Told[] = [];

  constructor(lab: Lab) {
    this.object = loadHalf(lab, "perf");
    this.#perf = PerfBuffer.open(this.object.map("events_perf"), 1, {
      sample: (_, cpu) => void this.#told.push({ cpu }),
      lost: (lost, cpu) => void this.#told.push({ cpu, lost }),
    });
  }

  [Symbol.dispose](): void {
    this.#perf.close();
    this.object.close();
  }

  /** Drains, and answers what was told since the last drain. */
  take(): Told[] {
    this.#perf.consume();
    return this.#told.splice(0);
  }
}

/** L1, L2. */
export const loss: readonly Claim[] = [
  claim({
    id: "L1",
    title:
      "Full perf buffer: the helper answers 0 on old kernels (seen on 4.19.72) and -ENOSPC from 5.1 (seen on 5.4.286)",
    source:
      '"perf: Make perf_event_output() propagate the output() return" of January 2019, for Linux 5.1; kernel/trace/bpf_trace.c of 4.19.72 and of 5.4.286',
    corrects: {
      said: "bpf_perf_event_output fails when the buffer is full",
      right:
        "On old kernels it answers 0 and the event is gone: a program there cannot know",
    },
    prove: async (lab) => {
      const burst = overfull();
      using cpus = new Pinned();
      cpus.to(cpus.low);
      await using events = await openBurst(lab, {
        ...{ transport: "perf", perfPages: 1 },
      });
      const first = send(events.object, "perf", 1);
      const last = send(events.object, "perf", burst - 1);
      const { lostBy } = events.stats();
      const delivered = events.drain().length;
      lab.evidence({ answer: last, delivered, ...lostBy });
      assert.equal(first, 0);
      assert.ok(delivered > 0 && delivered < burst);
      // Every kernel with rings is newer than the change.
      const known = probeRing().has ? [-ENOSPC] : [-ENOSPC, 0];
      assert.ok(known.includes(last), `the helper answered ${last}`);
      const told = last === 0 ? lostBy.silent : lostBy.full;
      assert.equal(told, burst - delivered);
      assert.equal(lostBy.silent + lostBy.full, told);
    },
  }),
  claim({
    id: "L2",
    title:
      "LOST is told only in front of the next record that fits, per CPU, and its count is exact",
    source:
      "kernel/events/ring_buffer.c, __perf_output_begin: PERF_RECORD_LOST",
    corrects: {
      said:
        "The kernel tells the reader of a perf buffer how many events were lost",
      right:
        "Only in front of the next record that fits on the same CPU: while none comes, nothing is told. Of a ring's losses it tells nothing at all; the program counts them",
    },
    prove: (lab) => {
      const burst = overfull();
      using cpus = new Pinned();
      using perf = new PerfLab(lab);
      cpus.to(cpus.high);
      send(perf.object, "perf", burst);
      const atOnce = perf.take();
      const taken = atOnce.length;
      cpus.to(cpus.low);
      send(perf.object, "perf", 1);
      const otherCpu = perf.take();
      cpus.to(cpus.high);
      send(perf.object, "perf", 1);
      const next = perf.take();
      lab.evidence({ sent: burst, taken, otherCpu, next });
      assert.ok(taken > 0 && taken < burst);
      assert.ok(atOnce.every((told) => told.lost === undefined));
      assert.deepEqual(otherCpu, [{ cpu: cpus.low }]);
      assert.deepEqual(next, [
        { cpu: cpus.high, lost: burst - taken },
        { cpu: cpus.high },
      ]);
    },
  }),
];
