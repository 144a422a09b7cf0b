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
import { Lane, type Make } from "../../sdk/lane.ts";
import { Merge } from "../../sdk/merge.ts";
import type { Port } from "../../sdk/port.ts";
import type { Ports } from "../../sdk/ports.ts";
import { Reader } from "../../sdk/reader.ts";
import { FakeRing } from "./fake_ring.ts";

/** One stream of 64-bit numbers, which are their stamps too. */
interface Numbers<T> extends Disposable {
  readonly reader: Reader;
  readonly intake: Intake<T>;
}

/** A stream of `count` events that lie in its ring. */
const numbers = (
  count: number,
  maxMs: number,
  merge?: Merge<Arrived<bigint>>,
): Numbers<bigint> =>
  stream(count, maxMs, { make: (sample) => sample.getBigUint64(0) }, merge);

/** The same of events that are lent. */
const samples = (
  count: number,
  merge?: Merge<Arrived<Sample>>,
): Numbers<Sample> =>
  stream(count, 1000, {
    make: (sample, loan) => loan === undefined ? sample : sample.keep(loan),
    lends: true,
  }, merge);

function stream<T>(
  count: number,
  maxMs: number,
  { make, lends = false }: { make: Make<T>; lends?: boolean },
  merge?: Merge<Arrived<T>>,
): Numbers<T> {
  const ring = new FakeRing(4096, 0n);
  const drain: Port["drain"] = (sink, quota, tally) =>
    drainRing(ring.memory, sink, quota, tally);
  const ports = { all: [{ stream: 0, seenUntil: -Infinity, drain }] };
  const lane = new Lane<T>({
    ...{ name: "events", size: 8, stampAt: 0, lends, raw: false, make },
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

  it("that throws in order of stamp has its loan ended, and the rest before anything else", () => {
    const merge = new Merge<Arrived<Sample>>(0);
    using stream = samples(5, merge);
    const { reader, intake } = stream;
    const [seen, lent]: [bigint[], Sample[]] = [[], []];
    const take = (sample: Sample): void => {
      for (const before of lent) {
        assert.throws(
          () => before.getUint8(0),
          /Cannot read a borrowed sample/,
        );
      }
      seen.push(sample.getBigUint64(0));
      lent.push(sample);
      if (seen.length === 2) throw new TypeError("enough");
    };
    assert.throws(() => intake.push(take), /its consumer threw TypeError/);
    assert.throws(() => lent[1]?.getUint8(0), /Cannot read a borrowed sample/);
    const { drains } = reader;
    assert.ok(intake.push(take));
    assert.equal(
      reader.drains,
      drains,
      "more was taken while events were held",
    );
    assert.equal(seen.length, 5);
    assert.deepEqual(seen, seen.toSorted((a, b) => Number(a - b)));
    assert.throws(() => lent[4]?.getUint8(0), /Cannot read a borrowed sample/);
  });

  it("that throws at the last queued event has its loan ended", () => {
    using stream = samples(1);
    const { intake } = stream;
    let lent: Sample | undefined;
    assert.ok(intake.pull());
    assert.throws(() =>
      intake.push((sample) => {
        lent = sample;
        throw new TypeError("enough");
      })
    );
    assert.throws(() => lent?.getUint8(0), /Cannot read a borrowed sample/);
  });

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
