/**
 * R: records that are taken back.
 *
 * @module
 */

import assert from "node:assert/strict";
import { type Claim, claim, type Json } from "../claim.ts";
import { answer, header, RawRing } from "./raw_ring.ts";
import { query } from "./ring_flags.ts";

/** Bytes of a record of one 64-bit number with its header. */
const recordBytes = header + 8;

/** R9, R10. */
export const discards: readonly Claim[] = [
  claim({
    id: "R9",
    title:
      "A discarded record is never delivered, but takes space and counts in AVAIL_DATA until consumed",
    source: "Documentation/bpf/ringbuf.rst: bpf_ringbuf_discard",
    since: "5.8",
    needs: "ring",
    corrects: {
      said: "A discarded record gives its room back",
      right:
        "Not before the consumer has passed it: until then it takes room and counts as data",
    },
    prove: (lab) => {
      using ring = RawRing.open(lab);
      let discarded = 0;
      while (ring.run("discard", { value: 1 }) === 0) discarded++;
      const available = ring.ask(query.availData);
      assert.equal(ring.run("submit", { value: 2 }), answer.null);
      const delivered = ring.take();
      const consumed = ring.ask(query.consumerPosition);
      lab.evidence({ size: ring.size, discarded, available, consumed });
      assert.equal(discarded, Math.floor((ring.size - header) / recordBytes));
      assert.equal(available, discarded * recordBytes);
      assert.deepEqual(delivered, []);
      assert.equal(consumed, available);
      assert.equal(ring.ask(query.availData), 0);
      assert.equal(ring.run("submit", { value: 3 }), 0);
      assert.deepEqual(ring.take(), [3]);
    },
  }),
  claim({
    id: "R10",
    title:
      "All-or-nothing of several records: reserve all, then submit all or discard all",
    source: "Documentation/bpf/ringbuf.rst: bpf_ringbuf_discard",
    since: "5.8",
    needs: "ring",
    prove: (lab) => {
      const byRoom = [0, 1, 2, 3].map((room) => {
        using ring = RawRing.open(lab);
        return { room, ...together(ring, room) };
      });
      lab.evidence({ byRoom });
      const none = { result: answer.null, delivered: [] };
      assert.deepEqual(byRoom, [
        { room: 0, ...none, taken: 0 },
        { room: 1, ...none, taken: recordBytes },
        { room: 2, ...none, taken: 2 * recordBytes },
        { room: 3, result: 0, delivered: [1, 2, 3], taken: 3 * recordBytes },
      ]);
    },
  }),
];

/** Sends three records at once where there is room for `room`; what was taken is bytes. */
function together(
  ring: RawRing,
  room: number,
): { result: number; delivered: Json[]; taken: number } {
  const filled = ring.size - header - room * recordBytes;
  assert.equal(ring.run("output", { size: filled - header }), 0);
  const result = ring.run("together");
  const taken = ring.ask(query.producerPosition) - filled;
  return { result, delivered: ring.take().slice(1), taken };
}
