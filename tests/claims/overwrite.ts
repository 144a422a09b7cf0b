/**
 * N: the ring that overwrites.
 *
 * The mapping is ffi/mapped_ring.ts', which mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { setImmediate } from "node:timers/promises";
import { mapType, pageSize, tryMap } from "../../ffi/bpf_syscall.ts";
import type { MappedRing } from "../../ffi/mapped_ring.ts";
import { BpfObject, type TestRun } from "../../mod.ts";
import { Absent, type Claim, claim } from "../claim.ts";
import { mapRing } from "./map_ring.ts";
import { numbers, recordBytes, snapshot } from "./snapshot.ts";

const { EINVAL } = constants.errno;

/** BPF_F_RB_OVERWRITE of linux/bpf.h. */
const overwriteFlag = 1 << 19;

/** A flood's events; emulated machines take about a second for them. */
const flooded = 50_000;

/** Floods until this many snapshots fell into them, and at most so many times. */
const [enoughSnapshots, mostFloods] = [8, 32];

/** Takes snapshots while the program floods the ring; answers how many, and how many held records. */
async function underFlood(
  object: BpfObject,
  ring: MappedRing,
): Promise<{ snapshots: number; records: number; result: number }> {
  let ended: TestRun | undefined;
  const flood = object.program("send").testRunElsewhere({ repeat: flooded });
  flood.then((run) => ended = run, () => {});
  let [snapshots, records] = [0, 0];
  while (ended === undefined) {
    const { producer } = ring;
    const { length } = numbers(snapshot(ring));
    const moving = ring.producer > producer;
    if (moving && length > 0) {
      [snapshots, records] = [snapshots + 1, records + length];
    }
    await setImmediate();
  }
  return { snapshots, records, result: (await flood).result };
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
      const flags = overwriteFlag;
      const errno = tryMap({
        ...{ type: mapType.ringbuf, maxEntries: pageSize(), flags },
      });
      if (errno !== 0) {
        assert.equal(errno, EINVAL);
        throw new Absent("BPF_F_RB_OVERWRITE: EINVAL");
      }
      using object = BpfObject.open(lab.object("overwrite"));
      object.load();
      using ring = mapRing(object.map("ring"));
      const sent = 10 * ring.size / recordBytes;
      const send = (repeat: number): void =>
        assert.equal(object.program("send").testRun({ repeat }).result, 0);
      send(sent);
      const kept = numbers(snapshot(ring));
      const [first = -1] = kept;
      object.program("query").testRun();
      const [, asked = 0n] = new BigUint64Array(
        object.map("state").lookup(0).buffer,
      );
      lab.evidence({ sent, first, kept: kept.length });
      lab.evidence({ overwrite: ring.overwrite, query: Number(asked) });
      assert.equal(kept.at(-1), sent - 1, "the newest record is missing");
      assert.equal(first, ring.overwrite / recordBytes);
      assert.equal(ring.overwrite, Number(asked));
      assert.ok(kept.length >= ring.size / recordBytes - 1);
      const rest = numbers(snapshot(ring, () => send(10)));
      assert.deepEqual(rest, kept.slice(10), "10 gave way meanwhile");
      await proveUnderFlood(object, ring).then(lab.evidence);
    },
  }),
];

/** Floods until snapshots fell into a flood; none of them may hold a torn record. */
async function proveUnderFlood(
  object: BpfObject,
  ring: MappedRing,
): Promise<{ floods: number; snapshots: number; records: number }> {
  let [snapshots, records] = [0, 0];
  for (let floods = 1; floods <= mostFloods; floods++) {
    const found = await underFlood(object, ring);
    assert.equal(found.result, 0, "the ring refused a record");
    snapshots += found.snapshots;
    records += found.records;
    if (snapshots >= enoughSnapshots) return { floods, snapshots, records };
  }
  assert.fail(`${snapshots} snapshots fell into ${mostFloods} floods`);
}
