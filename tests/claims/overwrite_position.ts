/**
 * Q5: up to where old records have given way.
 *
 * The raw BPF_MAP_CREATE and the mapping are ffi's, which mod.ts does not hand
 * on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { mapType, pageSize, tryMap } from "../../ffi/bpf_syscall.ts";
import { BpfObject } from "../../mod.ts";
import { Absent, type Claim, claim, type Lab } from "../claim.ts";
import { mapRing } from "./map_ring.ts";
import { header, RawRing } from "./raw_ring.ts";
import { recordBytes } from "./snapshot.ts";

/** BPF_F_RB_OVERWRITE and BPF_RB_OVERWRITE_POS of linux/bpf.h, Linux 6.19. */
const [overwriteFlag, overwriteQuery] = [1 << 19, 4n];

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
      requireOverwriteMode();
      using object = BpfObject.open(lab.object("overwrite"));
      object.load();
      using ring = mapRing(object.map("ring"));
      const capacity = Math.floor((ring.size - header) / recordBytes);
      const looks = [capacity, 1, 1, capacity].map((repeat) => {
        assert.equal(object.program("send").testRun({ repeat }).result, 0);
        assert.equal(object.program("query").testRun().result, 0);
        const state = new BigUint64Array(object.map("state").lookup(0).buffer);
        return { produced: ring.producer, overwritten: Number(state[1]) };
      });
      lab.evidence({ size: ring.size, capacity, looks });
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

/** Older kernels refuse the flag, and only that. */
function requireOverwriteMode(): void {
  const ring = { type: mapType.ringbuf, maxEntries: pageSize() };
  const errno = tryMap({ ...ring, flags: overwriteFlag });
  if (errno === 0) return;
  assert.equal(errno, constants.errno.EINVAL);
  assert.equal(tryMap(ring), 0);
  throw new Absent("BPF_MAP_CREATE(RINGBUF, BPF_F_RB_OVERWRITE): EINVAL");
}
