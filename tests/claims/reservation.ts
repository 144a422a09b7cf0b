/**
 * R: reserving, and what happens when there is no room.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { BpfError, BpfObject } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";
import { answer, header, RawRing } from "./raw_ring.ts";
import { query } from "./ring_flags.ts";

/** What reserve_dynptr answers on a full ring; kernels before 5.19 refuse the program instead. */
function dynptrOnFullRing(lab: Lab): { answer: number } | { absent: string } {
  using object = BpfObject.open(lab.object("dynptr"));
  try {
    object.load();
  } catch (error) {
    if (!(error instanceof BpfError)) throw error;
    assert.equal(error.errno, constants.errno.EINVAL, error.message);
    assert.match(error.log, /invalid func unknown#198|unknown func .*#198/);
    return { absent: error.code };
  }
  return { answer: object.program("reserve_full").testRun().result };
}

/** R1, R2, R5. */
export const reservation: readonly Claim[] = [
  claim({
    id: "R1",
    title:
      "Full ring: reserve → NULL, output → -EAGAIN, reserve_dynptr → -EINVAL (5.19+)",
    source:
      'kernel/bpf/ringbuf.c; bc34dee65a65 ("bpf: Dynptr support for ring buffers"), Linux 5.19',
    since: "5.8",
    needs: "ring",
    prove: (lab) => {
      using ring = RawRing.open(lab);
      const whole = ring.size - 2 * header;
      assert.equal(ring.run("output", { size: whole }), 0);
      const reserve = ring.run("submit");
      const output = ring.run("output", { size: 1 });
      const dynptr = dynptrOnFullRing(lab);
      lab.evidence({ reserve, output, dynptr });
      assert.equal(reserve, answer.null);
      assert.equal(output, answer.again);
      if ("answer" in dynptr) assert.equal(dynptr.answer, answer.invalid);
    },
  }),
  claim({
    id: "R2",
    title:
      "A ring is never filled completely: the largest payload of an empty ring is size − 16",
    source:
      "kernel/bpf/ringbuf.c, __bpf_ringbuf_reserve: producer − consumer stays below the size",
    since: "5.8",
    needs: "ring",
    corrects: {
      said: "A ring of 4096 bytes takes 4096 bytes of events",
      right:
        "Each record has a header of 8 bytes and begins at a multiple of 8, and the last 8 bytes are never given: the largest payload is the size less 16",
    },
    prove: (lab) => {
      using ring = RawRing.open(lab);
      const largest = ring.size - 16;
      lab.evidence({ size: ring.size, largest });
      assert.equal(ring.run("output", { size: largest + 1 }), answer.again);
      assert.equal(ring.run("output", { size: largest }), 0);
      ring.reader.consume();
      assert.deepEqual(ring.records.map((bytes) => bytes.length), [largest]);
      assert.equal(ring.run("output", { size: largest + 1 }), answer.again);
    },
  }),
  claim({
    id: "R5",
    title:
      "A failed reserve leaves the positions as they were; after the consumer frees space it succeeds again",
    source: "kernel/bpf/ringbuf.c, __bpf_ringbuf_reserve",
    since: "5.8",
    needs: "ring",
    prove: (lab) => {
      using ring = RawRing.open(lab);
      const positions = (): number[] =>
        [query.producerPosition, query.consumerPosition].map((flag) =>
          ring.ask(flag)
        );
      // All but the room for four records, taken at once; the last is never given.
      const values = [1, 2, 3];
      const rest = 4 * 2 * header;
      assert.equal(ring.run("output", { size: ring.size - rest - header }), 0);
      for (const value of values) {
        assert.equal(ring.run("submit", { value }), 0, `record ${value}`);
      }
      const before = positions();
      assert.equal(ring.run("submit"), answer.null);
      assert.deepEqual(positions(), before);
      assert.deepEqual(ring.take().slice(1), values);
      assert.equal(ring.run("submit", { value: 7 }), 0);
      lab.evidence({ full: before, after: positions() });
      assert.deepEqual(ring.take(), [7]);
    },
  }),
];
