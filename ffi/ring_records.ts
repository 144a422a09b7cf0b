/**
 * The records of a ring buffer as they lie in memory: kernel/bpf/ringbuf.c.
 *
 * @module
 */

import { Damage } from "./damage.ts";
import { BpfError } from "./error.ts";

/** A ring as it is mapped, or as a test makes one. */
export interface RingMemory {
  /** The map's name, for errors. */
  readonly name: string;
  /** Bytes of its data, a power of two. */
  readonly size: number;
  /** The consumer's page: how far it has read. */
  readonly consumer: BigUint64Array<ArrayBuffer>;
  /** The producer's page: see {@linkcode ringWord}. */
  readonly producer: BigUint64Array<ArrayBuffer>;
  /** The data, twice in a row: a record that wraps is whole in it. */
  readonly data: DataView<ArrayBuffer>;
  /** The same. */
  readonly words: Int32Array<ArrayBuffer>;
}

/** Words of the producer's page: struct bpf_ringbuf. */
export const ringWord = { producer: 0, pending: 1, overwrite: 2 } as const;

/** The parts of a ring: its consumer's page, and its producer's with the data behind it. */
export function ringMemory(
  of: { readonly name: string; readonly size: number },
  consumer: ArrayBuffer,
  rest: ArrayBuffer,
): RingMemory {
  const page = rest.byteLength - 2 * of.size;
  return {
    ...{ name: of.name, size: of.size },
    consumer: new BigUint64Array(consumer, 0, 1),
    producer: new BigUint64Array(rest, 0, 3),
    data: new DataView(rest, page),
    words: new Int32Array(rest, page),
  };
}

/** Bytes of a record's header: its length with two flags, and where its page is. */
export const recordHeader = 8;

/** BPF_RINGBUF_DISCARD_BIT of linux/bpf.h; BPF_RINGBUF_BUSY_BIT is the sign. */
export const discarded = 1 << 30;

/** The bits of the header that are the record's length. */
export const lengthBits = discarded - 1;

/**
 * A plain load is an acquire on x86-64: its memory model (TSO) moves no load in
 * front of an earlier one, and V8 keeps loads in their order. On arm64 only
 * Atomics.load is one: V8 has no code of its own for it in what it compiles, it
 * calls its builtin, which is an ldar of each width (as Atomics.store is an
 * stlr), for memory that is not a SharedArrayBuffer's too.
 */
export const plainLoadsAcquire = Deno.build.arch === "x86_64";

/** A constant of a module is one to V8, one that is imported or exported is not. */
const plain = plainLoadsAcquire;

/** Nobody else sees it. */
const own = new Int32Array(1);

/**
 * Plain loads in front of it are over before those behind it begin. On arm64: no
 * load passes the stlr that follows it, no ldar the stlr in front of it, and no
 * load the ldar in front of it.
 */
export function orderLoads(): void {
  if (plain) return;
  Atomics.store(own, 0, 0);
  Atomics.load(own, 0);
}

/** A record's first word: negative while it is not committed. */
export function headOf(words: Int32Array<ArrayBuffer>, at: number): number {
  const index = at >>> 2;
  return ((plain ? words[index] : Atomics.load(words, index)) ?? -1) | 0;
}

/** Bytes that a record takes: its header, its payload, and up to the next multiple of 8. */
export function lengthOf(head: number): number {
  return ((head & lengthBits) + recordHeader + 7) & ~7;
}

/** Whether the record at this position is reserved and not committed. */
export function isBusy(ring: RingMemory, position: bigint): boolean {
  return headOf(ring.words, offsetIn(ring, position)) < 0;
}

/**
 * Where the consumer is, and how many bytes lie before it. Of positions that make
 * no sense nothing is read: the consumer goes to the producer's.
 */
export function unreadRing(ring: RingMemory): { from: bigint; ahead: number } {
  const { consumer, producer, size } = ring;
  const from = Atomics.load(consumer, 0);
  const to = Atomics.load(producer, ringWord.producer);
  if (Atomics.load(producer, ringWord.overwrite) !== 0n) {
    throw new BpfError(`drain ring "${ring.name}"`, {
      cause: "its old records give way to new ones meanwhile",
      remedy: "take a snapshot",
    });
  }
  const ahead = BigInt.asUintN(64, to - from);
  if (isSpan(from, to, size)) return { from, ahead: Number(ahead) };
  Atomics.store(consumer, 0, to);
  throw senseless(ring, from, to);
}

/** Whether records may lie between two positions of a buffer. */
export function isSpan(from: bigint, to: bigint, size: number): boolean {
  const bytes = BigInt.asUintN(64, to - from);
  // Of two that are one nothing is read.
  return bytes === 0n || (bytes <= size && ((from | to) & 7n) === 0n);
}

/** How many committed records lie before the consumer, as far as they make sense; none is taken. */
export function countRecords(ring: RingMemory): number {
  const { consumer, producer, words, size } = ring;
  const from = Atomics.load(consumer, 0);
  const to = Atomics.load(producer, ringWord.producer);
  if (!isSpan(from, to, size)) return 0;
  const ahead = Number(BigInt.asUintN(64, to - from));
  const start = offsetIn(ring, from);
  let records = 0;
  for (let passed = 0; passed < ahead;) {
    const head = headOf(words, (start + passed) & (size - 1));
    passed += lengthOf(head);
    if (passed <= ahead && head >= 0 && (head & discarded) === 0) records++;
  }
  return records;
}

/** What is wrong with two positions. */
export function senseless(
  ring: RingMemory,
  from: bigint,
  to: bigint,
): Damage {
  return new Damage(
    `ring "${ring.name}"`,
    `its positions make no sense: ${from} to ${to} in ${ring.size} bytes`,
    bytesBetween(from, to, ring.size),
  );
}

/** Bytes that may have lain between two positions: no more than a buffer of `size` holds. */
export function bytesBetween(from: bigint, to: bigint, size: number): number {
  // Of one that is behind this is huge.
  const bytes = Number(BigInt.asUintN(64, to - from));
  return Math.min(bytes, size);
}

/** Where a position lies in the data; positions run on past the size. */
export function offsetIn(ring: RingMemory, position: bigint): number {
  return Number(position & BigInt(ring.size - 1));
}

/** What is wrong with a record that is longer than what there is, which is `ahead` bytes. */
export function beyond(
  ring: RingMemory,
  at: number,
  length: number,
  ahead: number,
): Damage {
  return new Damage(
    `ring "${ring.name}"`,
    `a record at ${at} claims ${length} bytes, beyond the producer's position`,
    ahead,
  );
}
