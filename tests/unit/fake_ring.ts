/**
 * A ring in ordinary memory, written as kernel/bpf/ringbuf.c writes one.
 *
 * @module
 */

import { type RingMemory, ringMemory } from "../../ffi/ring_records.ts";

/** Bits of a record's first word. */
const [busy, discard] = [1 << 31, 1 << 30];

/** A record that was reserved: what became of it, and where it ends. */
export interface Reserved {
  readonly state: "committed" | "discarded" | "busy";
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The position behind it. */
  readonly end: bigint;
}

/** Bytes in front of the data, where the kernel has a page. */
const page = 64;

/** A ring whose positions begin where it is said. */
export class FakeRing {
  readonly memory: RingMemory;
  /** What was reserved, oldest first; records that gave way too. */
  readonly records: Reserved[] = [];
  readonly #all: Uint8Array<ArrayBuffer>;

  /** `size` is a power of two. */
  constructor(size: number, begin: bigint, name = "fake") {
    const rest = new ArrayBuffer(page + 2 * size);
    this.memory = ringMemory({ name, size }, new ArrayBuffer(8), rest);
    this.memory.consumer[0] = begin;
    this.memory.producer[0] = begin;
    this.#all = new Uint8Array(rest, page);
  }

  /** Where the consumer is. */
  get consumer(): bigint {
    return this.memory.consumer[0] ?? 0n;
  }

  /** Reserves a record; false if there is no room for it. */
  put(state: Reserved["state"], bytes: Uint8Array<ArrayBuffer>): boolean {
    const from = this.memory.producer[0] ?? 0n;
    const end = BigInt.asUintN(64, from + lengthOf(bytes));
    const taken = BigInt.asUintN(64, end - this.consumer);
    if (taken > this.memory.size - 1) return false;
    this.#write(from, state, bytes);
    this.records.push({ state, bytes, end });
    this.memory.producer[0] = end;
    return true;
  }

  /** The same in a ring that overwrites: the oldest records give way. */
  push(state: Reserved["state"], bytes: Uint8Array<ArrayBuffer>): void {
    const from = this.memory.producer[0] ?? 0n;
    const end = from + lengthOf(bytes);
    let oldest = this.memory.producer[2] ?? 0n;
    for (const record of this.records) {
      if (end - oldest <= this.memory.size - 1) break;
      if (record.end > oldest) oldest = record.end;
    }
    this.memory.producer[2] = oldest;
    this.#write(from, state, bytes);
    this.records.push({ state, bytes, end });
    this.memory.producer[0] = end;
  }

  #write(
    from: bigint,
    state: Reserved["state"],
    bytes: Uint8Array<ArrayBuffer>,
  ): void {
    const { size } = this.memory;
    const flags = { committed: 0, discarded: discard, busy }[state];
    const header = new Int32Array([bytes.length | flags, 0]);
    const record = [...new Uint8Array(header.buffer), ...bytes];
    const at = Number(from & BigInt(size - 1));
    record.forEach((byte, index) => {
      const place = (at + index) % size;
      this.#all[place] = byte;
      this.#all[place + size] = byte;
    });
  }
}

function lengthOf(bytes: Uint8Array): bigint {
  return BigInt((bytes.length + 8 + 7) & ~7);
}
