/**
 * N: the ring that overwrites.
 *
 * @module
 */

import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { type Claim, claim } from "../claim.ts";
import { OverwritingRing, recordBytes } from "./overwriting_ring.ts";
import { Ongoing } from "./ongoing.ts";
import { Apart } from "./pool.ts";

/** A flood's events; emulated machines take about a second for them. */
const flooded = 50_000;

/** Floods until this many snapshots fell into them, and at most so many times. */
const [enoughSnapshots, mostFloods] = [8, 32];

/** Takes snapshots while the program floods the ring; answers how many, and how many held records. */
async function underFlood(
  ring: OverwritingRing,
): Promise<{ snapshots: number; records: number; result: number }> {
  const flood = new Ongoing(ring.sendElsewhere(flooded));
  let [snapshots, records] = [0, 0];
  while (!flood.isOver) {
    const { producer } = ring.mapped;
    const { length } = ring.snapshot();
    const moving = ring.mapped.producer > producer;
    if (moving && length > 0) {
      [snapshots, records] = [snapshots + 1, records + length];
    }
    await setImmediate();
  }
  return { snapshots, records, result: (await flood.result).result };
}

/** N3. */
export const overwrite: readonly Claim[] = [
  claim({
    id: "N3",
    title:
      "Overwrite mode (6.19): old records give way; a consumer that snapshots sees no torn record",
    source:
      'feeaf1346f80 ("bpf: Add overwrite mode for BPF ring buffer"), Linux 6.19',
    since: "6.19",
    needs: "ring",
    prove: async (lab) => {
      using ring = OverwritingRing.open(lab);
      const { size } = ring.mapped;
      const sent = 10 * size / recordBytes;
      ring.send(sent);
      const kept = ring.snapshot();
      const [first = -1] = kept;
      const [{ overwrite }, query] = [ring.mapped, ring.ask()];
      lab.evidence({ sent, first, kept: kept.length, overwrite, query });
      assert.equal(kept.at(-1), sent - 1, "the newest record is missing");
      assert.equal(first, overwrite / recordBytes);
      assert.equal(overwrite, query);
      assert.ok(kept.length >= size / recordBytes - 1);
      const rest = ring.snapshot(() => ring.send(10));
      assert.deepEqual(rest, kept.slice(10), "10 gave way meanwhile");
      await proveUnderFlood(ring).then(lab.evidence);
    },
  }),
];

/** Floods until snapshots fell into a flood; none of them may hold a torn record. */
async function proveUnderFlood(
  ring: OverwritingRing,
): Promise<{ floods: number; snapshots: number; records: number }> {
  using apart = new Apart();
  let [snapshots, records] = [0, 0];
  for (let floods = 1; floods <= mostFloods; floods++) {
    apart.part();
    const found = await underFlood(ring);
    assert.equal(found.result, 0, "the ring refused a record");
    snapshots += found.snapshots;
    records += found.records;
    if (snapshots >= enoughSnapshots) return { floods, snapshots, records };
  }
  assert.fail(`${snapshots} snapshots fell into ${mostFloods} floods`);
}
