/**
 * S: what the kernel takes as the shape of a ring or of a perf buffer, and what
 * a ring's map answers to system calls.
 *
 * The raw calls are ffi/, which mod.ts does not hand on: libbpf rounds and
 * hides.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { mapType, pageSize, tryMap } from "../../ffi/bpf_syscall.ts";
import { allowedCpus } from "../../ffi/cpu.ts";
import { ENOTSUPP } from "../../ffi/errno.ts";
import { libbpf } from "../../ffi/libbpf.ts";
import { errno } from "../../ffi/libc.ts";
import { raiseMemlock } from "../../ffi/memlock.ts";
import { PerfEvent } from "../../ffi/perf_event.ts";
import { BpfError } from "../../mod.ts";
import { type Claim, claim } from "../claim.ts";
import { RawRing } from "./raw_ring.ts";

const { EINVAL } = constants.errno;

/** BPF_F_NUMA_NODE, and BPF_F_RB_OVERWRITE of Linux 6.19, as numbers of bits. */
const known = { numaNode: 2, overwrite: 19 };

/** S2, S3, S7. */
export const shapes: readonly Claim[] = [
  claim({
    id: "S2",
    title: "key_size and value_size must be 0, and only known flags are taken",
    source: "kernel/bpf/ringbuf.c, ringbuf_map_alloc: RINGBUF_CREATE_FLAG_MASK",
    since: "5.8",
    needs: "ring",
    prove: (lab) => {
      raiseMemlock(); // 5.8 to 5.10 charge rings against the limit: F3
      const ring = { type: mapType.ringbuf, maxEntries: pageSize() };
      const sizes = [1, 4, 8].flatMap((bytes) => [
        tryMap({ ...ring, keySize: bytes }),
        tryMap({ ...ring, valueSize: bytes }),
        tryMap({ ...ring, keySize: bytes, valueSize: bytes }),
      ]);
      const flags = Array.from(
        { length: 32 },
        (_, bit) => tryMap({ ...ring, flags: (1 << bit) >>> 0 }),
      );
      const taken = flags.flatMap((code, bit) => code === 0 ? [bit] : []);
      const refusals = [...new Set(flags.filter((code) => code !== 0))];
      lab.evidence({ sizes, bitsTaken: taken, refusals });
      assert.equal(tryMap(ring), 0);
      assert.ok(sizes.every((code) => code === EINVAL));
      assert.deepEqual(refusals, [EINVAL]);
      const { numaNode, overwrite } = known;
      const newer = taken.includes(overwrite) ? [overwrite] : [];
      assert.deepEqual(taken, [numaNode, ...newer]);
    },
  }),
  claim({
    id: "S3",
    title: "A perf buffer is 1 + 2^n pages; anything else is EINVAL",
    source: "kernel/events/core.c, perf_mmap: is_power_of_2(nr_pages)",
    prove: (lab) => {
      const [cpu = 0] = allowedCpus();
      const answers = Array.from(
        { length: 18 },
        (_, pages) => open(cpu, pages),
      );
      const taken = answers.flatMap((code, pages) => code === 0 ? [pages] : []);
      lab.evidence({ dataPagesTaken: taken });
      // Without a page of data it is the event's count alone, and no buffer.
      assert.deepEqual(taken, [0, 1, 2, 4, 8, 16]);
      assert.ok(answers.every((code) => code === 0 || code === EINVAL));
    },
  }),
  claim({
    id: "S7",
    title: "Syscall lookup on a ring answers ENOTSUPP (no key) or EINVAL",
    source:
      "kernel/bpf/ringbuf.c, ringbuf_map_lookup_elem; kernel/bpf/syscall.c, __bpf_copy_key",
    since: "5.8",
    needs: "ring",
    prove: (lab) => {
      using ring = RawRing.open(lab);
      const { fd } = ring.object.map("ring");
      const c = libbpf();
      const value = new Uint8Array(8);
      const calls = (key: Uint8Array<ArrayBuffer> | null): number[] => [
        c.bpf_map_lookup_elem(fd, key, value) < 0 ? errno() : 0,
        c.bpf_map_update_elem(fd, key, value, 0n) < 0 ? errno() : 0,
      ];
      const [noKey, anyKey] = [calls(null), calls(new Uint8Array(8))];
      lab.evidence({ noKey, anyKey });
      assert.deepEqual(noKey, [ENOTSUPP, ENOTSUPP]);
      assert.deepEqual(anyKey, [EINVAL, EINVAL]);
    },
  }),
];

/** Opens an event with a buffer of so many data pages: 0, or the errno of the refusal. */
function open(cpu: number, pages: number): number {
  try {
    using _ = new PerfEvent({ cpu, pages });
    return 0;
  } catch (error) {
    if (error instanceof BpfError) return error.errno;
    throw error;
  }
}
