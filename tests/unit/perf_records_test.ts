/**
 * Perf buffers of every kind against what was written to them, and buffers of
 * garbage.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { drainPerf } from "../../ffi/perf_drain.ts";
import { countSamples } from "../../ffi/perf_records.ts";
import { copyBackward, handOver } from "../../ffi/perf_snapshot.ts";
import type { Sample, SampleSink } from "../../ffi/sample.ts";
import { BpfError } from "../../mod.ts";
import { type Dice, each } from "./dice.ts";
import { FakePerf, lengthOf, padded, type Written } from "./fake_perf.ts";

const nothing = (): void => {};

function written(dice: Dice, most: number): Written {
  if (dice.one(8)) return { is: "lost", count: dice.below(1000) };
  if (dice.one(8)) return { is: "throttle" };
  return { is: "sample", bytes: dice.bytes(1 + dice.below(most)) };
}

/** A buffer at a random place, full of random records. */
function perfOf(dice: Dice): { perf: FakePerf; records: Written[] } {
  const size = 128 << dice.below(6);
  const perf = new FakePerf(size, dice.position());
  const records: Written[] = [];
  const most = dice.one(3) ? size : 40;
  for (;;) {
    const record = written(dice, most);
    if (!perf.put(record)) return { perf, records };
    records.push(record);
  }
}

/** The samples as they are received: padded. */
function samples(records: readonly Written[]): Uint8Array[] {
  return records.flatMap((record) => {
    if (record.is !== "sample") return [];
    const bytes = new Uint8Array(padded(record.bytes.length));
    bytes.set(record.bytes);
    return [bytes];
  });
}

describe("drainPerf", () => {
  it("hands on every sample, tells every loss, skips the rest, and gives the room back", () => {
    each(400, (dice) => {
      const { perf, records } = perfOf(dice);
      const taken: Uint8Array[] = [];
      let lost = 0;
      const sink = (sample: Sample): void => {
        assert.equal(sample.cpu, 3);
        taken.push(sample.copy());
      };
      assert.ok(drainPerf(perf.memory, sink, (count) => lost += count));
      assert.deepEqual(taken, samples(records));
      const told = records.map((one) => one.is === "lost" ? one.count : 0);
      assert.equal(lost, told.reduce((sum, count) => sum + count, 0));
      assert.equal(perf.tail, perf.head);
    });
  });

  it("ends behind the sample that the sink stops or throws at, and goes on there", () => {
    each(400, (dice) => {
      const { perf, records } = perfOf(dice);
      const due = samples(records);
      let [at, stop] = [0, 0];
      const throws = dice.one(2);
      const sink = (sample: Sample): boolean => {
        assert.deepEqual(sample.copy(), due[at]);
        if (at++ < stop) return true;
        if (throws) throw new TypeError("enough");
        return false;
      };
      const drain = (): boolean => drainPerf(perf.memory, sink, nothing);
      while (at < due.length) {
        stop = at + dice.below(3);
        if (stop >= due.length) assert.ok(drain());
        else if (throws) assert.throws(drain, { message: "enough" });
        else assert.ok(!drain());
        assert.equal(at, Math.min(stop + 1, due.length));
      }
    });
  });

  it("publishes its position before half the buffer is behind it", () => {
    each(200, (dice) => {
      const { perf, records } = perfOf(dice);
      const behind = records.values();
      let begin = perf.tail;
      const next = (): void => {
        for (const record of behind) {
          const held = Number(BigInt.asUintN(64, begin - perf.tail));
          begin += BigInt(lengthOf(record));
          if (record.is === "throttle") continue;
          assert.ok(held < perf.memory.size / 2, `${held} bytes are held`);
          return;
        }
      };
      drainPerf(perf.memory, next, next);
    });
  });

  it("consumes a sample that claims more than its record has, and says so", () => {
    const perf = new FakePerf(256, 0n);
    for (const byte of [1, 2]) {
      perf.put({ is: "sample", bytes: Uint8Array.of(byte) });
    }
    perf.memory.words[2] = 70004;
    assert.throws(
      () => drainPerf(perf.memory, () => assert.fail("handed on"), nothing),
      /CPU 3: a sample claims 70004 bytes, and its record holds 4 /,
    );
    const taken: number[] = [];
    drainPerf(perf.memory, (s) => void taken.push(s.getUint8(0)), nothing);
    assert.deepEqual(taken, [2]);
  });

  it("names a buffer whose positions or whose records make no sense", () => {
    const perf = new FakePerf(256, 64n);
    const drain = (): boolean => drainPerf(perf.memory, () => {}, nothing);
    const { positions } = perf.memory;
    for (const head of [56n, 64n + 264n, 68n]) {
      [positions[0], positions[1]] = [head, 64n];
      assert.equal(countSamples(perf.memory), 0);
      assert.throws(drain, /CPU 3: its positions make no sense: 64 to/);
      assert.equal(perf.tail, head);
      assert.ok(drain(), "it is told once");
    }
    for (const length of [0, 4, 12, 24]) {
      [positions[0], positions[1]] = [80n, 64n];
      perf.memory.words[64 / 4 + 1] = length << 16;
      assert.equal(countSamples(perf.memory), 0);
      assert.throws(
        drain,
        /a record at 64 claims \d+ bytes, which cannot be \(what lies/,
      );
      assert.equal(perf.tail, 80n);
      assert.ok(drain());
    }
  });
});

describe("a snapshot of a buffer that is written backward", () => {
  /** The newest records that fit, oldest first. */
  function newest(records: readonly Written[], size: number): Written[] {
    let room = size;
    const kept = records.toReversed().filter((record) =>
      (room -= lengthOf(record)) >= 0
    );
    return kept.reverse();
  }

  it("has the newest samples, oldest first, without the one that is cut", () => {
    each(400, (dice) => {
      const size = 128 << dice.below(6);
      const perf = new FakePerf(size, 0n);
      const records = Array.from(
        { length: dice.below(100) },
        () => written(dice, 60),
      );
      for (const record of records) perf.push(record);
      const taken: Uint8Array[] = [];
      const copy = copyBackward(perf.memory);
      handOver(perf.memory, copy, (s) => void taken.push(s.copy()));
      assert.deepEqual(taken, samples(newest(records, size)));
    });
  });
});

describe("a perf buffer of garbage", () => {
  /** Runs it: nothing but a BpfError may come out, and no sample from outside. */
  function survive(perf: FakePerf, run: (sink: SampleSink) => void): void {
    let count = 0;
    try {
      run((sample) => {
        const end = sample.read((view, at) => view.byteLength - at);
        assert.ok(sample.size <= end && sample.size < perf.memory.size);
        assert.equal(sample.copy().length, sample.size);
        assert.ok(++count <= perf.memory.size / 8, "it does not end");
      });
    } catch (error) {
      if (!(error instanceof BpfError)) throw error;
    }
  }

  it("is read to an end or to an error, never outside", () => {
    each(3000, (dice) => {
      const { perf } = perfOf(dice);
      const { words, size, positions } = perf.memory;
      const changes = 1 + dice.below(6);
      for (let change = 0; change < changes; change++) {
        const lengths = dice.below(12) * 8 << 16;
        words[dice.below(size / 4)] = dice.one(2) ? lengths : dice.word();
      }
      if (dice.one(4)) positions[0] = dice.position() + BigInt(dice.below(9));
      if (dice.one(4)) positions[1] = dice.position();
      survive(perf, (sink) => {
        handOver(perf.memory, copyBackward(perf.memory), sink);
      });
      survive(perf, (sink) => void drainPerf(perf.memory, sink, nothing));
    });
  });
});
