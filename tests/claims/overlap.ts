/**
 * N: two reservations that overlap.
 *
 * The consumer's position is written through ffi/mapped_ring.ts, which mod.ts
 * does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { BpfObject } from "../../mod.ts";
import { Absent, type Claim, claim } from "../claim.ts";
import { mapRing } from "./map_ring.ts";
import { answer, header } from "./raw_ring.ts";

/** Bytes of each reservation of bpf/overlap.bpf.c; its ring has a quarter more. */
const large = 0x3000;

/** N4. */
export const overlap: readonly Claim[] = [
  claim({
    id: "N4",
    title:
      "pending_pos (CVE-2024-41009; 6.10 and stable points): overlapping reservations are refused",
    source:
      'cfa1a2329a69 ("bpf: Fix overrunning reservations in ringbuf"), Linux 6.10',
    since: "6.10",
    needs: "ring",
    prove: (lab) => {
      using object = BpfObject.open(lab.object("overlap"));
      object.load();
      using ring = mapRing(object.map("ring"));
      const run = (): number => object.program("overlap").testRun().result;
      // An honest position leaves room for the first one, and none for the second.
      const honest = run();
      const { producer } = ring;
      ring.consumer = producer + large;
      const reserved = producer + 2 * (large + header) - ring.consumer;
      assert.ok(reserved < ring.size, "the position alone leaves no room");
      const lied = run();
      const { pending } = ring;
      lab.evidence({ honest, lied, pending });
      assert.equal(honest, 0);
      assert.ok(producer > large && ring.producer > producer);
      assert.notEqual(lied, answer.null, "the first reservation was refused");
      if (lied === 1) {
        assert.equal(pending, 0, "granted, although pending_pos is kept");
        throw new Absent(
          "vulnerable to CVE-2024-41009: a reservation was granted on top of one that is not committed",
        );
      }
      assert.equal(lied, 0);
      assert.ok(pending > 0, "refused, and pending_pos never moved");
    },
  }),
];
