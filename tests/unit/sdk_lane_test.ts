/**
 * What a stream's records come to, with rings of ordinary memory.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Damage } from "../../ffi/damage.ts";
import { drainRing } from "../../ffi/ring_drain.ts";
import type { Sample } from "../../ffi/sample.ts";
import { Lane } from "../../sdk/lane.ts";
import type { Port } from "../../sdk/port.ts";
import { TurnQuota } from "../../sdk/turn_quota.ts";
import { FakeRing } from "./fake_ring.ts";

/** A lane, and what pushes all that its ring holds. */
interface Pushed {
  readonly lane: Lane<Sample>;
  push(take: (sample: Sample) => void): boolean;
}

/** A lane of records as they are borrowed; `first` is called in front of each drain. */
function pushed(ring: FakeRing, first: () => void): Pushed {
  const lane = new Lane<Sample>({
    ...{ name: "events", size: 8, stampAt: undefined },
    ...{ lends: true, raw: true, make: (sample: Sample) => sample },
  });
  const drain: Port["drain"] = (sink, quota, tally) => {
    first();
    return drainRing(ring.memory, sink, quota, tally);
  };
  const quota = new TurnQuota(undefined, 1000);
  return {
    lane,
    push(take): boolean {
      quota.start(100);
      return lane.push({ drain } as Port, take, quota);
    },
  };
}

describe("a lane", () => {
  it("tells damage as such, also behind a consumer that threw", () => {
    const ring = new FakeRing(4096, 0n);
    const damage = new Damage("the ring", "somebody else has moved it", 16);
    let damaged = false;
    const { lane, push } = pushed(ring, () => {
      if (damaged) throw damage;
    });
    ring.put("committed", new Uint8Array(8));
    const refuse = (): void => {
      throw new TypeError("enough");
    };
    assert.throws(() => push(refuse), /its consumer threw TypeError: enough/);
    damaged = true;
    assert.throws(() => push(refuse), (error) => error === damage);
    assert.equal(lane.delivered, 1);
  });

  it("counts a record that is too short as received, and not as delivered", () => {
    const ring = new FakeRing(4096, 0n);
    const { lane, push } = pushed(ring, () => {});
    for (const size of [8, 4, 16]) {
      ring.put("committed", new Uint8Array(size));
    }
    const sizes: number[] = [];
    const take = ({ size }: Sample): void => void sizes.push(size);
    assert.throws(() => push(take), /it has 4 bytes, its type 8/);
    assert.ok(push(take));
    assert.deepEqual(sizes, [8, 8]);
    const { received, delivered, undecodable, bytes } = lane;
    assert.deepEqual([received, delivered, undecodable, bytes], [3, 2, 1, 28]);
  });
});
