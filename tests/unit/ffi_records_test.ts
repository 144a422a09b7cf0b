/**
 * The readers of mapped memory, on rings and perf buffers that are generated:
 * beside a model that has the records in a list.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { littleEndian as little } from "../../ffi/byte_order.ts";
import { drainPerf } from "../../ffi/perf_drain.ts";
import { perfMemory, recordType } from "../../ffi/perf_records.ts";
import { drainRing } from "../../ffi/ring_drain.ts";
import { discarded, ringMemory } from "../../ffi/ring_records.ts";
import type { Quota } from "../../ffi/quota.ts";
import type { SampleSink } from "../../ffi/sample.ts";
import { Dice } from "./dice.ts";

const size = 4096;
const busy = 2 ** 31;

/** A buffer as its kernel and its reader see it. */
interface Buffer {
  /** Writes a record of these bytes, or one that is none; false where there is no room. */
  write(bytes: Uint8Array, none?: boolean): boolean;
  drain(sink: SampleSink, quota?: Quota): boolean;
  /** How far it is read, and written. */
  readonly positions: readonly [bigint, bigint];
}

/** So many records, told of some at a time. */
function quotaOf(most = Infinity): Quota {
  let taken = 0;
  return {
    cut: false,
    get left(): number {
      return Math.min(7, most - taken);
    },
    took(records): boolean {
      taken += records;
      return taken >= most;
    },
  };
}

/** A ring that starts at `start`; what is none is discarded. */
function ringBuffer(
  start: bigint,
): Buffer & { readonly last: (bits: number) => void } {
  const [consumer, rest] = [4096, 4096 + 2 * size].map((bytes) =>
    new ArrayBuffer(bytes)
  ) as [ArrayBuffer, ArrayBuffer];
  const ring = ringMemory({ name: "test", size }, consumer, rest);
  const data = new Uint8Array(rest, 4096);
  ring.consumer[0] = ring.producer[0] = start;
  let last = 0;
  return {
    write(bytes, none): boolean {
      const to = ring.producer[0] ?? 0n;
      const length = (bytes.length + 8 + 7) & ~7;
      const used = to - (ring.consumer[0] ?? 0n);
      if (Number(used) + length > size - 1) return false;
      const at = last = Number(to % BigInt(size));
      const head = bytes.length | (none ? discarded : 0);
      // The pages stand twice in a row.
      for (const place of [at, at + size, at - size]) {
        if (place < 0 || place + 4 > 2 * size) continue;
        ring.data.setUint32(place, head, little);
      }
      bytes.forEach((byte, i) => {
        const place = (at + 8 + i) % size;
        data[place] = data[place + size] = byte;
      });
      ring.producer[0] = to + BigInt(length);
      return true;
    },
    drain: (sink, quota) => drainRing(ring, sink, quota),
    get positions() {
      return [ring.consumer[0] ?? 0n, ring.producer[0] ?? 0n] as const;
    },
    /** Changes bits of the head of the record that was written last. */
    last(bits): void {
      ring.data.setInt32(last, ring.data.getInt32(last, little) ^ bits, little);
    },
  };
}

/** A perf buffer; what is none is a record of another kind. */
function perfBuffer(start: bigint): Buffer {
  const memory = new ArrayBuffer(4096 + size);
  const perf = perfMemory(1, memory, 4096);
  const data = new Uint8Array(memory, 4096);
  perf.positions.fill(start);
  return {
    write(bytes, none): boolean {
      const [to = 0n, from = 0n] = perf.positions;
      const length = (bytes.length + 12 + 7) & ~7;
      if (Number(to - from) + length > size) return false;
      const record = new Uint8Array(length);
      const view = new DataView(record.buffer);
      view.setUint32(0, none ? 5 : recordType.sample, little);
      view.setUint16(6, length, little);
      view.setUint32(8, bytes.length, little);
      record.set(bytes, 12);
      const at = Number(to % BigInt(size));
      record.forEach((byte, i) => data[(at + i) % size] = byte);
      perf.positions[0] = to + BigInt(length);
      return true;
    },
    drain: (sink, quota) => drainPerf(perf, sink, () => {}, quota),
    get positions() {
      const [to = 0n, from = 0n] = perf.positions;
      return [from, to] as const;
    },
  };
}

/** Sizes of which most are as the one before, as in a stream. */
function bytesOf(dice: Dice, before: number): Uint8Array {
  const length = dice.below(4) > 0 ? before : dice.below(700);
  return Uint8Array.from({ length }, () => dice.below(256));
}

/** Writes and drains at random; every record comes once, whole and in order. */
function compare(buffer: Buffer, dice: Dice): void {
  const expected: Uint8Array[] = [];
  let length = 24;
  for (let step = 0; step < 60; step++) {
    for (let i = dice.below(40); i > 0; i--) {
      const bytes = bytesOf(dice, length);
      const none = dice.below(8) === 0;
      if (!buffer.write(bytes, none)) break;
      length = bytes.length;
      if (!none) expected.push(bytes);
    }
    const most = dice.below(2) === 0 ? undefined : 1 + dice.below(20);
    const end = dice.below(3) === 0 ? 1 + dice.below(20) : Infinity;
    const fails = dice.below(4) === 0;
    take(buffer, expected, { most, end, fails });
  }
}

/** One drain, ended by `most` records, or by the sink at the record `end`. */
function take(
  buffer: Buffer,
  expected: Uint8Array[],
  { most, end, fails }: {
    most: number | undefined;
    end: number;
    fails: boolean;
  },
): void {
  const had = Math.min(expected.length, most ?? Infinity, end);
  let seen = 0;
  const enough = new Error("enough");
  const sink: SampleSink = (sample) => {
    assert.deepEqual(sample.copy(sample.size), expected[seen]);
    if (++seen < end) return true;
    if (fails) throw enough;
    return false;
  };
  const stopped = seen === end || (most !== undefined && had === most);
  try {
    const whole = buffer.drain(sink, quotaOf(most));
    assert.equal(whole, !(stopped || seen === end || seen === most));
    if (whole) assert.equal(...(buffer.positions as [bigint, bigint]));
  } catch (error) {
    assert.ok(error === enough, `${error}`);
  }
  assert.equal(seen, had);
  expected.splice(0, had);
}

describe("drainRing and drainPerf", () => {
  const edges = [0n, 4088n, 2n ** 32n - 8n, 2n ** 53n + 8n];

  it("hand out every record once, whole and in order, from 160 generated buffers", () => {
    for (let seed = 1; seed <= 40; seed++) {
      for (const start of edges.slice(0, 2)) {
        compare(ringBuffer(start), new Dice(seed));
        compare(perfBuffer(start), new Dice(seed));
      }
    }
  });

  it("do so where positions are beyond 32 and 53 bits", () => {
    for (const start of edges.slice(2)) {
      compare(ringBuffer(start), new Dice(1));
      compare(perfBuffer(start), new Dice(1));
    }
  });

  for (
    const [name, of] of [["ring", ringBuffer], ["perf", perfBuffer]] as const
  ) {
    it(`tell the quota of what they pass over, and end where it is enough: ${name}`, () => {
      const buffer = of(0n);
      for (let i = 0; i < 100; i++) buffer.write(new Uint8Array(8), i > 0);
      let [handed, passed, most] = [0, 0, 30];
      const quota: Quota = {
        ...{ left: 4, cut: false },
        took(records, others): boolean {
          handed += records;
          passed += others;
          return handed + passed >= most;
        },
      };
      const sink: SampleSink = () => {};
      assert.ok(!buffer.drain(sink, quota));
      assert.equal(handed, 1);
      assert.ok(passed >= 29 && passed < 33, `${passed} were passed over`);
      most = Infinity;
      assert.ok(buffer.drain(sink, quota));
      assert.deepEqual([handed, passed], [1, 99]);
    });
  }

  it("stop in front of a record that is not committed", () => {
    const ring = ringBuffer(0n);
    const taken: number[] = [];
    const sink: SampleSink = (sample) => void taken.push(sample.getUint8(0));
    for (const byte of [1, 2, 3]) ring.write(Uint8Array.of(byte));
    ring.last(busy);
    assert.ok(ring.drain(sink));
    assert.deepEqual(taken, [1, 2]);
    assert.ok(ring.drain(sink));
    ring.last(busy);
    assert.ok(ring.drain(sink));
    assert.deepEqual(taken, [1, 2, 3]);
  });

  it("lend a record until the next one: neither it nor the one before is read late", () => {
    for (const buffer of [ringBuffer(0n), perfBuffer(0n)]) {
      for (const byte of [1, 2, 3]) buffer.write(new Uint8Array([byte]));
      const kept: (() => number)[] = [];
      buffer.drain((sample) => {
        assert.throws(
          () => kept.at(-1)?.() ?? assert.fail(),
          (error) => kept.length === 0 || /borrowed sample/.test(`${error}`),
        );
        kept.push(() => sample.getUint8(0));
      });
      assert.equal(kept.length, 3);
      for (const late of kept) assert.throws(late, /borrowed sample/);
    }
  });

  it("refuse a record that claims more than there is", () => {
    const ring = ringBuffer(0n);
    for (const byte of [1, 2]) ring.write(new Uint8Array([byte]));
    ring.last(1 ^ 100);
    let seen = 0;
    assert.throws(() => ring.drain(() => void seen++), /claims 112 bytes/);
    assert.equal(seen, 1);
    // Nothing behind it can be found.
    assert.equal(ring.positions[0], 32n);
  });
});
