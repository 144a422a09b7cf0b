/**
 * Q5: up to where old records have given way.
 *
 * @module
 */

import assert from "node:assert/strict";
import { type Claim, claim, type Lab } from "../claim.ts";
import { OverwritingRing, recordBytes } from "./overwriting_ring.ts";
import { header, RawRing } from "./raw_ring.ts";

/** BPF_RB_OVERWRITE_POS of linux/bpf.h, Linux 6.19. */
const overwriteQuery = 4n;

/** Q5. */
export const overwritePosition: readonly Claim[] = [
  claim({
    id: "Q5",
    title:
      "BPF_RB_OVERWRITE_POS (query 4) works from 6.19 with BPF_F_RB_OVERWRITE; 0 before",
    source:
      'feeaf1346f80 ("bpf: Add overwrite mode for BPF ring buffer"), Linux 6.19',
    since: "6.19",
    needs: "ring",
    prove: (lab) => {
      const plain = inPlainRing(lab);
      lab.evidence({ plain });
      assert.equal(plain, 0, "a ring without the flag has such a position");
      using ring = OverwritingRing.open(lab);
      const { size } = ring.mapped;
      const capacity = Math.floor((size - header) / recordBytes);
      const looks = [capacity, 1, 1, capacity].map((repeat) => {
        ring.send(repeat);
        return { produced: ring.mapped.producer, overwritten: ring.ask() };
      });
      lab.evidence({ size, capacity, looks });
      // Whole records give way, just as many as each new one needs.
      for (const { produced, overwritten } of looks) {
        assert.equal(overwritten, produced - capacity * recordBytes);
      }
      assert.equal(looks[2]?.overwritten, 2 * recordBytes);
    },
  }),
];

/** What query 4 answers in a ring without the flag, when records have come and gone. */
function inPlainRing(lab: Lab): number {
  using ring = RawRing.open(lab);
  for (const value of [1, 2]) ring.run("submit", { value });
  assert.deepEqual(ring.take(), [1, 2]);
  ring.run("submit");
  return ring.ask(overwriteQuery);
}
