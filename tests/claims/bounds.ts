/**
 * R: sizes and flags that a ring refuses.
 *
 * @module
 */

import assert from "node:assert/strict";
import { type Claim, claim } from "../claim.ts";
import { answer, RawRing } from "./raw_ring.ts";
import { query } from "./ring_flags.ts";
import { soon } from "./woken.ts";

/** No flag of any helper: BPF_RB_* are the lowest two bits. */
const unknown = [4n, 0xf0n, 1n << 63n];

/** R3, R4. */
export const bounds: readonly Claim[] = [
  claim({
    id: "R3",
    title: "A reserve larger than the ring, or beyond 0x3fffffff, gives NULL",
    source:
      "kernel/bpf/ringbuf.c, __bpf_ringbuf_reserve: RINGBUF_MAX_RECORD_SZ; a size is added to its header in 32 bits",
    since: "5.8",
    needs: "ring",
    prove: (lab) => {
      using ring = RawRing.open(lab);
      const fits = ring.run("reserve_beyond");
      lab.evidence({ size: ring.size, fits });
      // 8 fits; 0x100001, 0x3fffffff, 0x40000000 and 0xfffffff8 do not.
      assert.equal(fits, 0b00001);
      assert.equal(ring.ask(query.producerPosition), 16);
    },
  }),
  claim({
    id: "R4",
    title:
      "reserve with flags ≠ 0 gives NULL; output with unknown flags -EINVAL; submit and discard ignore them",
    source:
      "kernel/bpf/ringbuf.c: bpf_ringbuf_reserve, bpf_ringbuf_output, bpf_ringbuf_commit",
    since: "5.8",
    needs: "ring",
    prove: async (lab) => {
      using ring = RawRing.open(lab);
      for (const reserveFlags of [1n, 2n, ...unknown]) {
        assert.equal(ring.run("submit", { reserveFlags }), answer.null);
      }
      for (const flags of unknown) {
        assert.equal(ring.run("output", { size: 8, flags }), answer.invalid);
      }
      assert.equal(ring.ask(query.producerPosition), 0);
      for (const flags of unknown) {
        assert.equal(ring.run("discard", { flags }), 0);
        assert.equal(ring.run("submit", { flags, value: 7 }), 0);
      }
      assert.deepEqual(ring.take(), unknown.map(() => 7));
      // They are ignored, not taken for one of the known: it wakes as 0 does.
      const { epollFd } = ring.reader;
      const wakesMs = await soon(epollFd, () => ring.submit(0xf0n));
      lab.evidence({ unknown: unknown.map(String), wakesMs });
      assert.deepEqual(ring.take(), [1]);
    },
  }),
];
