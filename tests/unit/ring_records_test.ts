/**
 * Rings of every kind against what was written to them, and rings of garbage.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { littleEndian as little } from "../../ffi/byte_order.ts";
import { Damage } from "../../ffi/damage.ts";
import { drainRing } from "../../ffi/ring_drain.ts";
import { countRecords } from "../../ffi/ring_records.ts";
import { snapshotRing } from "../../ffi/ring_snapshot.ts";
import type { Sample, SampleSink } from "../../ffi/sample.ts";
import { BpfError } from "../../mod.ts";
import { type Dice, each } from "./dice.ts";
import { FakeRing, type Reserved } from "./fake_ring.ts";

const states = ["committed", "discarded", "busy"] as const;

/** A ring at a random place with random records, of which one in `busyOne` is busy. */
function ringOf(dice: Dice, busyOne: number): FakeRing {
  const size = 64 << dice.below(7);
  const ring = new FakeRing(size, dice.position());
  // First once around, so that what is read is not what was never written.
  for (let turn = 0; turn < 2; turn++) {
    const most = dice.one(3) ? size : 40;
    while (
      ring.put(stateOf(dice, turn === 0 ? 0 : busyOne), bytes(dice, most))
    );
    if (turn === 0) drainRing(ring.memory, () => {});
    if (turn === 0) ring.records.length = 0;
  }
  return ring;
}

function stateOf(dice: Dice, busyOne: number): Reserved["state"] {
  if (busyOne > 0 && dice.one(busyOne)) return "busy";
  return states[dice.one(4) ? 1 : 0];
}

function bytes(dice: Dice, most: number): Uint8Array<ArrayBuffer> {
  return dice.bytes(dice.below(most));
}

/** What a drain has to hand on: up to the first record that is busy. */
function due(ring: FakeRing): Reserved[] {
  const stop = ring.records.findIndex(({ state }) => state === "busy");
  const records = stop < 0 ? ring.records : ring.records.slice(0, stop);
  return records.filter(({ state }) => state === "committed");
}

/** Where a drain of everything ends. */
function endOf(ring: FakeRing, begin: bigint): bigint {
  const stop = ring.records.findIndex(({ state }) => state === "busy");
  const last = stop < 0 ? ring.records.at(-1) : ring.records[stop - 1];
  return last?.end ?? begin;
}

describe("drainRing", () => {
  it("hands on what was committed, up to a busy record, and gives its room back", () => {
    each(400, (dice) => {
      const ring = ringOf(dice, dice.one(2) ? 9 : 0);
      const begin = ring.consumer;
      const taken: Uint8Array[] = [];
      assert.ok(drainRing(ring.memory, (s) => void taken.push(s.copy())));
      assert.deepEqual(taken, due(ring).map((record) => record.bytes));
      assert.equal(ring.consumer, endOf(ring, begin));
      assert.ok(drainRing(ring.memory, () => assert.fail("twice")));
    });
  });

  it("ends behind the record that the sink stops or throws at, and goes on there", () => {
    each(400, (dice) => {
      const ring = ringOf(dice, 0);
      const records = due(ring);
      let at = 0;
      while (at < records.length) {
        const stop = at + dice.below(3);
        const throws = dice.one(2);
        const sink = (sample: Sample): boolean => {
          assert.deepEqual(sample.copy(), records[at]?.bytes);
          if (at++ < stop) return true;
          if (throws) throw new TypeError("enough");
          return false;
        };
        const drain = (): boolean => drainRing(ring.memory, sink);
        if (stop >= records.length) {
          assert.ok(drain());
        } else {
          if (throws) assert.throws(drain, { message: "enough" });
          else assert.ok(!drain());
          assert.equal(ring.consumer, records[stop]?.end);
        }
      }
    });
  });

  it("publishes its position before half the ring is behind it", () => {
    each(200, (dice) => {
      const ring = ringOf(dice, 0);
      const records = due(ring).values();
      drainRing(ring.memory, (sample) => {
        const { end = 0n } = records.next().value ?? {};
        const begin = end - BigInt((sample.size + 15) & ~7);
        const held = Number(BigInt.asUintN(64, begin - ring.consumer));
        assert.ok(held < ring.memory.size / 2, `${held} bytes are held`);
      });
    });
  });

  it("takes what is there when it begins, and no more", () => {
    const ring = new FakeRing(256, 0n);
    ring.put("committed", new Uint8Array(8));
    let taken = 0;
    drainRing(ring.memory, () => {
      taken++;
      ring.put("committed", new Uint8Array(8));
    });
    assert.equal(taken, 1);
  });

  it("lends each record until its callback returns", () => {
    const ring = new FakeRing(256, 0n);
    for (let put = 0; put < 3; put++) ring.put("committed", new Uint8Array(8));
    const kept: Sample[] = [];
    assert.throws(() =>
      drainRing(ring.memory, (sample) => {
        for (const old of kept) assert.throws(() => old.copy(), BpfError);
        kept.push(sample);
        if (kept.length === 2) throw new RangeError("over");
      }), /over/);
    for (const old of kept) assert.throws(() => old.getUint8(0), BpfError);
  });

  for (
    const [to, bytes] of [
      ...[[56n, 256], [68n, 4], [64n + 264n, 256], [1n << 40n, 256]] as const,
    ]
  ) {
    it(`puts ${bytes} bytes down to positions from 64 to ${to}, no more than it holds`, () => {
      const ring = new FakeRing(256, 64n);
      ring.memory.producer[0] = to;
      assert.throws(
        () => drainRing(ring.memory, () => {}),
        (error) => error instanceof Damage && error.bytes === bytes,
      );
    });
  }

  it("names a ring whose positions or whose records make no sense", () => {
    const ring = new FakeRing(256, 64n, "events");
    const drain = (): boolean => drainRing(ring.memory, () => {});
    for (const producer of [56n, 64n + 264n, 68n]) {
      ring.memory.consumer[0] = 64n;
      ring.memory.producer[0] = producer;
      assert.throws(
        drain,
        /ring "events": its positions make no sense: 64 to \d+ .*\(what lies there is given up;/,
      );
      assert.equal(ring.consumer, producer);
      assert.ok(drain(), "it is told once");
    }
    ring.memory.consumer[0] = 64n;
    ring.memory.producer[0] = 88n;
    ring.memory.words[64 / 4] = 1;
    ring.memory.words[80 / 4] = 9;
    let taken = 0;
    assert.throws(
      () => drainRing(ring.memory, () => void taken++),
      /a record at 80 claims 24 bytes, beyond/,
    );
    assert.deepEqual([taken, ring.consumer], [1, 88n]);
    assert.ok(drain());
    ring.memory.producer[2] = 8n;
    assert.throws(drain, /give way to new ones meanwhile \(take a snapshot\)/);
  });
});

describe("countRecords", () => {
  it("counts what was committed, behind busy records too, and takes nothing", () => {
    each(400, (dice) => {
      const ring = ringOf(dice, dice.one(2) ? 9 : 0);
      const before = ring.consumer;
      const committed = ring.records.filter(({ state }) =>
        state === "committed"
      );
      assert.equal(countRecords(ring.memory), committed.length);
      assert.equal(ring.consumer, before);
    });
  });
});

describe("snapshotRing", () => {
  const nothing = (): void => {};

  it("hands on what stands in a ring that overwrites, and what did not give way meanwhile", () => {
    each(400, (dice) => {
      const ring = new FakeRing(64 << dice.below(5), 0n);
      const push = (): void => ring.push(stateOf(dice, 9), bytes(dice, 30));
      const pushes = dice.below(200);
      for (let count = 0; count < pushes; count++) push();
      const before = ring.records.length;
      let more = dice.below(4);
      const taken: Uint8Array[] = [];
      snapshotRing(ring.memory, (s) => void taken.push(s.copy()), () => {
        while (more-- > 0) push();
      });
      const oldest = ring.memory.producer[2] ?? 0n;
      const [was, is] = [before, ring.records.length].map((count) =>
        ring.records.slice(0, count)
          .filter(({ state, end }) => state === "committed" && end > oldest)
          .map((record) => record.bytes)
      );
      // Where most of the ring gave way it is copied again.
      try {
        assert.deepEqual(taken, was);
      } catch {
        assert.deepEqual(taken, is);
      }
      assert.equal(ring.consumer, 0n);
    });
  });

  it("leaves out what is consumed, and ends where the sink has enough", () => {
    const ring = new FakeRing(256, 1n << 40n);
    for (const byte of [1, 2, 3]) ring.put("committed", Uint8Array.of(byte));
    drainRing(ring.memory, () => false);
    const taken: number[] = [];
    const sink: SampleSink = (sample) => taken.push(sample.getUint8(0)) < 1;
    snapshotRing(ring.memory, sink, nothing);
    assert.deepEqual(taken, [2]);
  });
});

describe("a ring of garbage", () => {
  /** Runs it: nothing but a BpfError may come out, and no sample from outside. */
  function survive(ring: FakeRing, run: (sink: SampleSink) => void): void {
    let samples = 0;
    try {
      run((sample) => {
        const end = sample.read((view, at) => view.byteLength - at);
        assert.ok(sample.size <= end && sample.size < 2 * ring.memory.size);
        assert.equal(sample.copy().length, sample.size);
        assert.ok(++samples <= ring.memory.size / 8, "it does not end");
      });
    } catch (error) {
      if (!(error instanceof BpfError)) throw error;
    }
  }

  it("is read to an end or to an error, never outside", () => {
    each(3000, (dice) => {
      const ring = ringOf(dice, 5);
      const { data, producer, consumer, size } = ring.memory;
      const changes = 1 + dice.below(6);
      for (let change = 0; change < changes; change++) {
        const at = dice.below(size / 4) * 4;
        const word = dice.word() & (dice.one(2) ? 0x4000003f : -1);
        for (const place of [at, at + size]) data.setInt32(place, word, little);
      }
      if (dice.one(4)) producer[0] = dice.position() + BigInt(dice.below(9));
      if (dice.one(4)) consumer[0] = dice.position();
      if (dice.one(4)) {
        const over = BigInt(dice.below(2 * size));
        producer[2] = BigInt.asUintN(64, (producer[0] ?? 0n) - over);
      }
      survive(ring, (sink) => snapshotRing(ring.memory, sink, () => {}));
      survive(ring, (sink) => void drainRing(ring.memory, sink));
    });
  });
});
