/**
 * A perf buffer in ordinary memory, written as kernel/events/ring_buffer.c
 * writes one: forward for a reader, backward over what is oldest.
 *
 * @module
 */

import { littleEndian as little } from "../../ffi/byte_order.ts";
import { type PerfMemory, perfMemory } from "../../ffi/perf_records.ts";

/** Bytes in front of the data: the control page up to its positions' end. */
const page = 1040;

/** PERF_RECORD_THROTTLE stands for those that nobody asked for. */
const types = { lost: 2, throttle: 5, sample: 9 } as const;

/** A record: a sample's bytes, how many were lost, or one of another kind. */
export type Written =
  | { readonly is: "sample"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly is: "lost"; readonly count: number }
  | { readonly is: "throttle" };

/** A buffer whose positions begin where it is said. */
export class FakePerf {
  readonly memory: PerfMemory;

  /** `size` is a power of two. */
  constructor(size: number, begin: bigint, cpu = 3) {
    this.memory = perfMemory(cpu, new ArrayBuffer(page + size), page);
    this.memory.positions[0] = begin;
    this.memory.positions[1] = begin;
  }

  /** data_head. */
  get head(): bigint {
    return this.memory.positions[0] ?? 0n;
  }

  /** data_tail. */
  get tail(): bigint {
    return this.memory.positions[1] ?? 0n;
  }

  /** Writes a record forward; false if there is no room for it. */
  put(record: Written): boolean {
    const bytes = encode(record);
    const end = BigInt.asUintN(64, this.head + BigInt(bytes.length));
    const { size, positions } = this.memory;
    if (BigInt.asUintN(64, end - this.tail) > size - 1) return false;
    this.#write(this.head, bytes);
    positions[0] = end;
    return true;
  }

  /** Writes a record in front of all others, over the oldest. */
  push(record: Written): void {
    const bytes = encode(record);
    const head = BigInt.asUintN(64, this.head - BigInt(bytes.length));
    this.#write(head, bytes);
    this.memory.positions[0] = head;
  }

  #write(position: bigint, bytes: Uint8Array): void {
    const { data, size } = this.memory;
    const at = Number(position & BigInt(size - 1));
    bytes.forEach((byte, index) => data.setUint8((at + index) % size, byte));
  }
}

/** Bytes that a record takes. */
export function lengthOf(record: Written): number {
  return encode(record).length;
}

function encode(record: Written): Uint8Array<ArrayBuffer> {
  const body = bodyOf(record);
  const length = 8 + body.length;
  const view = new DataView(new ArrayBuffer(length));
  view.setUint32(0, types[record.is], little);
  view.setUint16(6, length, little);
  const bytes = new Uint8Array(view.buffer);
  bytes.set(body, 8);
  return bytes;
}

/** What stands behind the header; a sample is padded, its size tells so. */
function bodyOf(record: Written): Uint8Array<ArrayBuffer> {
  if (record.is === "throttle") return new Uint8Array(24);
  if (record.is === "lost") {
    return new Uint8Array(
      new BigUint64Array([7n, BigInt(record.count)]).buffer,
    );
  }
  const { bytes } = record;
  const body = new Uint8Array(4 + padded(bytes.length));
  new DataView(body.buffer).setUint32(0, padded(bytes.length), little);
  body.set(bytes, 4);
  return body;
}

/** What n bytes become: round_up(n + 4, 8) - 4. */
export function padded(bytes: number): number {
  return Math.ceil((bytes + 4) / 8) * 8 - 4;
}
