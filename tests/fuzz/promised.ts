/**
 * What drains owe of a buffer, read word by word as the formats say: linux/bpf.h
 * and linux/perf_event.h. It knows nothing of how they are drained.
 *
 * @module
 */

import assert from "node:assert/strict";
import { littleEndian as little } from "../../ffi/byte_order.ts";
import { BpfError } from "../../ffi/error.ts";
import type { Sample } from "../../ffi/sample.ts";
import type { Input } from "./target.ts";

/** What comes of a buffer: its samples, oldest first, and where its reader stands then. */
export interface Promised {
  readonly samples: readonly Input[];
  readonly end: bigint;
}

/** A buffer's data, with where its reader and its writer stand. */
export interface Between {
  readonly data: Input;
  readonly from: bigint;
  readonly to: bigint;
}

/** Up to a record that is busy, or is longer than what there is: then all is given up. */
export function promisedOfRing({ data, from, to }: Between): Promised {
  const samples: Input[] = [];
  let at = from;
  const ahead = aheadOf({ data, from, to });
  for (let left = ahead; left > 0;) {
    const head = wordAt(data, at);
    if (head < 0) return { samples, end: at };
    const bytes = head & 0x3fff_ffff;
    const length = 8 * Math.ceil((8 + bytes) / 8);
    if (length > left) break;
    if ((head & 0x4000_0000) === 0) samples.push(bytesAt(data, at + 8n, bytes));
    at = BigInt.asUintN(64, at + BigInt(length));
    left -= length;
  }
  return { samples, end: to };
}

/** Up to a record that cannot be: all behind it is given up, and a sample that claims too much alone. */
export function promisedOfPerf({ data, from, to }: Between): Promised {
  const samples: Input[] = [];
  let at = from;
  for (let left = aheadOf({ data, from, to }); left > 0;) {
    const length = wordAt(data, at + 4n) >>> 16;
    if (length < 8 || length % 8 !== 0 || length > left) break;
    const bytes = wordAt(data, at + 8n);
    const isSample = wordAt(data, at) === 9;
    if (isSample && bytes >= 0 && bytes <= length - 12) {
      samples.push(bytesAt(data, at + 12n, bytes));
    }
    at = BigInt.asUintN(64, at + BigInt(length));
    left -= length;
  }
  return { samples, end: to };
}

/** Bytes between positions that may be; none between those that may not. */
function aheadOf({ data, from, to }: Between): number {
  const bytes = BigInt.asUintN(64, to - from);
  const isAligned = from % 8n === 0n && to % 8n === 0n;
  return isAligned && bytes <= data.length ? Number(bytes) : 0;
}

function wordAt(data: Input, position: bigint): number {
  return new DataView(bytesAt(data, position, 4).buffer).getInt32(0, little);
}

/** The bytes from a position on; behind the data's end they go on at its beginning. */
function bytesAt(data: Input, position: bigint, length: number): Input {
  const at = Number(position % BigInt(data.length));
  const first = data.slice(at, at + length);
  const bytes = new Uint8Array(length);
  bytes.set(first);
  bytes.set(data.subarray(0, length - first.length), first.length);
  return bytes;
}

/** Takes samples, and holds each to what is promised of it: its bounds, and its end. */
export class Taker {
  readonly #most: number;
  readonly samples: Input[] = [];
  #lent: Sample | undefined;

  /** Of a buffer of `size` bytes. */
  constructor(size: number) {
    this.#most = size / 8;
  }

  /** Takes one; the one before has ended. */
  readonly take = (sample: Sample): void => {
    this.assertEnded();
    this.#lent = sample;
    const bytes = sample.copy();
    const { size } = sample;
    assert.equal(bytes.length, size);
    if (size > 0) assert.equal(sample.getUint8(size - 1), bytes[size - 1]);
    for (const at of [-1, size]) {
      assertRefused(() => sample.getUint8(at), /bytes at .* of a sample/);
    }
    this.samples.push(bytes);
    assert.ok(this.samples.length <= this.#most, "it does not end");
  };

  /** Nothing is lent any more. */
  assertEnded(): void {
    const lent = this.#lent;
    if (lent === undefined) return;
    assertRefused(() => lent.copy(), /read a borrowed sample/);
  }
}

function assertRefused(read: () => unknown, why: RegExp): void {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof BpfError, `${error}`);
    assert.match(error.message, why);
    return;
  }
  assert.fail("what is not lent was read");
}
