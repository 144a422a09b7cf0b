/**
 * L: what bpf_perf_event_output() answers, and what the event itself tells of a
 * loss.
 *
 * The event is opened by ffi/perf_event.ts, which mod.ts does not hand on:
 * libbpf asks for no read_format.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { PerfEvent } from "../../ffi/perf_event.ts";
import { PERF_FORMAT_LOST } from "../../ffi/perf_event_open.ts";
import { BpfError, BpfObject, PerfBuffer } from "../../mod.ts";
import { Absent, type Claim, claim } from "../claim.ts";
import { overfull, Pinned, send } from "./burst.ts";
import { install, loadHalf } from "./half.ts";
import { drive, driven, runsByCommand } from "./trigger.ts";

const { E2BIG, EINVAL, ENOENT, EOPNOTSUPP } = constants.errno;

/** Bytes that one event of 24 takes: header 8, size and data round_up(4 + 24, 8). */
const recordBytes = 40;

/** Opens an event that tells its losses; kernels before 6.0 refuse the bit, and only that. */
function openTelling(cpu: number): PerfEvent {
  try {
    return new PerfEvent({ cpu, pages: 1, readFormat: PERF_FORMAT_LOST });
  } catch (error) {
    if (!(error instanceof BpfError)) throw error;
    assert.equal(error.errno, EINVAL, error.message);
    using plain = new PerfEvent({ cpu, pages: 1 });
    assert.deepEqual(plain.read(), [0]);
    throw new Absent("PERF_FORMAT_LOST: EINVAL from perf_event_open(2)");
  }
}

/** L3, L4. */
export const perfOutput: readonly Claim[] = [
  claim({
    id: "L3",
    title:
      "PERF_FORMAT_LOST tells the loss at once, from 6.0 and at stable points before (seen on 5.4.286 and 5.10.262, not on 4.19.72)",
    source:
      '119a784c8127 ("perf/core: Add a new read format to get a number of lost samples"), Linux 6.0',
    since: "6.0",
    corrects: {
      said: "A perf buffer's loss is known only from PERF_RECORD_LOST",
      right:
        "Where PERF_FORMAT_LOST is known, read(2) of the event tells it at once",
    },
    prove: (lab) => {
      const burst = overfull();
      using cpus = new Pinned();
      using event = openTelling(cpus.low);
      using object = loadHalf(lab, "perf");
      install(object, cpus.low, event.fd);
      cpus.to(cpus.low);
      const [, before = -1] = event.read();
      send(object, "perf", burst);
      const [, lost = -1] = event.read();
      // Whole records and nothing else: no LOST record was written.
      const taken = event.head / recordBytes;
      lab.evidence({ sent: burst, taken, before, lost });
      assert.ok(Number.isInteger(taken) && taken > 0 && taken < burst);
      assert.equal(before, 0);
      assert.equal(lost, burst - taken);
    },
  }),
  claim({
    id: "L4",
    title:
      "Error codes of perf output: index beyond the map E2BIG, empty slot ENOENT, another CPU's slot EOPNOTSUPP, unknown flags EINVAL",
    source: "kernel/trace/bpf_trace.c, __bpf_perf_event_output",
    prove: (lab) => {
      using cpus = new Pinned();
      using object = BpfObject.open(driven(lab, "perf"));
      object.load();
      if (!runsByCommand()) object.attach();
      const { maxEntries } = object.map("events");
      const output = (flags: bigint): number => {
        const value = new Uint8Array(new BigUint64Array([flags]).buffer);
        object.map("flags").update(0, value);
        return drive(object, object.program("output"));
      };
      cpus.to(cpus.low);
      const emptySlot = output(currentCpu);
      using _ = PerfBuffer.open(object.map("events"), 1, {
        sample: () => {},
        lost: () => {},
      });
      const fine = [output(currentCpu), output(BigInt(cpus.low))];
      const beyond = output(BigInt(maxEntries));
      const otherCpu = output(BigInt(cpus.high));
      const unknownFlags = output(currentCpu | 1n << 60n);
      lab.evidence({ emptySlot, beyond, otherCpu, unknownFlags });
      assert.deepEqual(fine, [0, 0]);
      assert.equal(emptySlot, -ENOENT);
      assert.equal(beyond, -E2BIG);
      assert.equal(otherCpu, -EOPNOTSUPP);
      assert.equal(unknownFlags, -EINVAL);
    },
  }),
];

/** BPF_F_CURRENT_CPU of linux/bpf.h: whatever slot is this CPU's. */
const currentCpu = 0xffffffffn;
