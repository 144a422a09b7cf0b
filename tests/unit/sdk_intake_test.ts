/**
 * What a consumer is handed of a turn, with a ring of ordinary memory.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { monotonicNs } from "../../ffi/clock.ts";
import { drainRing } from "../../ffi/ring_drain.ts";
import type { Sample } from "../../ffi/sample.ts";
import { type Arrived, Intake } from "../../sdk/intake.ts";
import { Lane } from "../../sdk/lane.ts";
import { Merge } from "../../sdk/merge.ts";
import type { Port } from "../../sdk/port.ts";
import type { Ports } from "../../sdk/ports.ts";
import { Reader } from "../../sdk/reader.ts";
import { FakeRing } from "./fake_ring.ts";

/** One stream of 64-bit numbers, which are their stamps too. */
interface Numbers extends Disposable {
  readonly reader: Reader;
  readonly intake: Intake<bigint>;
}

/** A stream of `count` events that lie in its ring. */
function numbers(
  count: number,
  maxMs: number,
  merge?: Merge<Arrived<bigint>>,
): Numbers {
  const ring = new FakeRing(4096, 0n);
  const drain: Port["drain"] = (sink, quota, tally) =>
    drainRing(ring.memory, sink, quota, tally);
  const ports = { all: [{ stream: 0, seenUntil: -Infinity, drain }] };
  const lane = new Lane<bigint>({
    ...{ name: "events", size: 8, stampAt: 0, lends: false, raw: false },
    make: (sample: Sample) => sample.getBigUint64(0),
  });
  const reader = new Reader(ports as unknown as Ports, { maxMs });
  const intake = new Intake({
    ...{ reader, ports: ports as unknown as Ports, lanes: [lane], maxMs },
    ...(merge === undefined ? {} : { merge }),
  });
  for (let sent = 0; sent < count; sent++) {
    const stamp = new BigUint64Array([monotonicNs()]);
    ring.put("committed", new Uint8Array(stamp.buffer));
  }
  return {
    ...{ reader, intake },
    [Symbol.dispose]: () => reader[Symbol.dispose](),
  };
}

describe("a consumer", () => {
  for (const [by, merge] of [["arrival"], ["stamp", new Merge(0)]] as const) {
    it(`that has enough is handed no more, in order of ${by}`, () => {
      using stream = numbers(5, 1000, merge as Merge<Arrived<bigint>>);
      const { reader, intake } = stream;
      let seen = 0;
      assert.ok(intake.push(() => {
        if (++seen === 2) reader.wake();
      }));
      assert.equal(seen, 2);
      while (intake.push(() => void seen++));
      assert.equal(seen, 5);
    });
  }

  it("that is slow is handed what the merge holds over several turns", () => {
    using stream = numbers(20, 5, new Merge(0));
    const { intake } = stream;
    let [seen, turns] = [0, 0];
    const take = (): void => {
      for (const began = performance.now(); performance.now() < began + 2;);
      seen++;
    };
    for (; intake.push(take); turns++) assert.ok(seen < 4 * (turns + 1));
    assert.equal(seen, 20);
    assert.ok(turns > 4, `${turns} turns`);
  });

  it("is handed what is queued also where a turn has no time", () => {
    using stream = numbers(3, 0);
    const { intake } = stream;
    let seen = 0;
    while (intake.pull()) {
      assert.ok(intake.push(() => void seen++));
      assert.ok(intake.queued < 3, "nothing was taken");
    }
    assert.equal(seen, 3);
  });
});
