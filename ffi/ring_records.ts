/**
 * The records of a ring buffer as they lie in memory: kernel/bpf/ringbuf.c.
 *
 * @module
 */

import { BpfError } from "./error.ts";
import { emptySample, noLimit, type SampleSink } from "./sample.ts";

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
  /** Records of the last drain, those discarded excepted. */
  taken: number;
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
    taken: 0,
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
 * Atomics.load is one (ldar).
 */
export const plainLoadsAcquire = Deno.build.arch === "x86_64";

// V8 takes a constant of this module for one, and one that is exported for a
// variable: 1 ns of each record.
const header = recordHeader;
const discard = discarded;
const bits = lengthBits;
const plain = plainLoadsAcquire;

/** A record's first word: negative while it is not committed. */
export function headOf(words: Int32Array<ArrayBuffer>, at: number): number {
  const index = at >>> 2;
  return ((plain ? words[index] : Atomics.load(words, index)) ?? -1) | 0;
}

/** Bytes that a record takes: its header, its payload, and up to the next multiple of 8. */
export function lengthOf(head: number): number {
  return ((head & bits) + header + 7) & ~7;
}

/**
 * Hands the committed records up to the producer's position of now to `sink`,
 * and gives their room back. True unless the sink ended it by `false`, or `most`
 * records were handed over. A record that the sink throws at is consumed, as is
 * one that it ends the drain behind.
 *
 * How the two sides are ordered, each line against its partner in
 * kernel/bpf/ringbuf.c:
 * - the producer's position, Atomics.load: smp_store_release() at the end of
 *   __bpf_ringbuf_reserve(), behind the store of the header;
 * - a record's header, an acquire: the xchg() of bpf_ringbuf_commit(), a full
 *   barrier behind the stores of the payload;
 * - the consumer's position, Atomics.store: smp_load_acquire() at the beginning
 *   of __bpf_ringbuf_reserve(), before which no byte is given to a new record.
 */
export function drainRing(
  ring: RingMemory,
  sink: SampleSink,
  most = noLimit,
): boolean {
  const { words, data, consumer } = ring;
  const { from, ahead } = unread(ring);
  const mask = (ring.size - 1) | 0;
  const half = ring.size >>> 1;
  let sample = emptySample(data);
  let other = emptySample(data);
  let at = offsetIn(ring, from) | 0;
  let left = most | 0;
  let taken = 0;
  let published = 0;
  let stop = 0;
  let known = -1;
  let length = 0;
  try {
    while (left > 0) {
      const head = headOf(words, at);
      // Most records are as long as the one before: their place is known early.
      if (head !== known || taken + length > stop) {
        if (taken === ahead || head < 0) return true;
        length = lengthOf(head) | 0;
        if (length > ahead - taken) throw beyond(ring, at, length);
        if (taken + length > stop) {
          if (taken > published) {
            Atomics.store(consumer, 0, from + BigInt(taken));
          }
          published = taken;
          stop = Math.min(ahead, taken + Math.max(length, half)) | 0;
        }
        known = (head & discard) === 0 ? head : -1;
      }
      const payload = at + header;
      at = (at + length) & mask;
      taken = (taken + length) | 0;
      if (known < 0) continue;
      left = (left - 1) | 0;
      if (sink(sample.lend(payload, known & bits)) === false) return false;
      sample.end();
      const last = sample;
      sample = other;
      other = last;
    }
    return false;
  } finally {
    sample.end();
    ring.taken = most - left;
    if (taken > published) Atomics.store(consumer, 0, from + BigInt(taken));
  }
}

/** Whether the record at this position is reserved and not committed. */
export function isBusy(ring: RingMemory, position: bigint): boolean {
  return headOf(ring.words, offsetIn(ring, position)) < 0;
}

/** Where the consumer is, and how many bytes lie before it. */
function unread(ring: RingMemory): { from: bigint; ahead: number } {
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
  if (ahead > size || ((from | to) & 7n) !== 0n) {
    throw senseless(ring, from, to);
  }
  return { from, ahead: Number(ahead) | 0 };
}

/** What is wrong with two positions. */
export function senseless(
  ring: RingMemory,
  from: bigint,
  to: bigint,
): BpfError {
  return new BpfError(`read ring "${ring.name}"`, {
    cause:
      `its positions make no sense: ${from} to ${to} in ${ring.size} bytes`,
  });
}

/** Where a position lies in the data; positions run on past the size. */
export function offsetIn(ring: RingMemory, position: bigint): number {
  return Number(position & BigInt(ring.size - 1));
}

/** What is wrong with a record that is longer than what there is. */
export function beyond(ring: RingMemory, at: number, length: number): BpfError {
  return new BpfError(`read ring "${ring.name}"`, {
    cause:
      `a record at ${at} claims ${length} bytes, beyond the producer's position`,
  });
}
