/**
 * The records of a perf buffer as they lie in memory: linux/perf_event.h.
 *
 * @module
 */

import { Damage } from "./damage.ts";
import { bytesBetween, isSpan } from "./ring_records.ts";

/** A perf buffer as it is mapped, or as a test makes one. */
export interface PerfMemory {
  /** The CPU whose samples it holds. */
  readonly cpu: number;
  /** Bytes of its data, a power of two. */
  readonly size: number;
  /** data_head and data_tail of the control page. */
  readonly positions: BigUint64Array<ArrayBuffer>;
  readonly data: DataView<ArrayBuffer>;
  /** The same. */
  readonly words: Int32Array<ArrayBuffer>;
}

/** Where struct perf_event_mmap_page has data_head; data_tail is the next word. */
export const positionsAt = 1024;

/** Words of {@linkcode PerfMemory.positions}. */
export const perfWord = { head: 0, tail: 1 } as const;

/** The parts of a mapped buffer: its control page, and its data behind it. */
export function perfMemory(
  cpu: number,
  memory: ArrayBuffer,
  page: number,
): PerfMemory {
  return {
    ...{ cpu, size: memory.byteLength - page },
    positions: new BigUint64Array(memory, positionsAt, 2),
    data: new DataView(memory, page),
    words: new Int32Array(memory, page),
  };
}

/** PERF_RECORD_LOST and PERF_RECORD_SAMPLE. */
export const recordType = { lost: 2, sample: 9 } as const;

/** struct perf_event_header: type at 0, misc 4, size 6; then the raw sample's own size. */
export const headerBytes = 8;

/** Where the bytes of a raw sample begin: behind the header and its own size. */
export const rawAt = headerBytes + 4;

/** Where a PERF_RECORD_LOST has its count: behind the header and the event's id. */
const lostAt = headerBytes + 8;

/** Bytes of the record that begins at this word: the upper half of the header's second one. */
export function lengthAt(
  words: Int32Array<ArrayBuffer>,
  word: number,
): number {
  return (words[word + 1] ?? 0) >>> 16;
}

/**
 * Where the reader is, and how many bytes lie before it. Of positions that make
 * no sense nothing is read: the reader goes to the kernel's.
 */
export function unreadPerf(perf: PerfMemory): { from: bigint; ahead: number } {
  const { positions, size } = perf;
  const from = Atomics.load(positions, perfWord.tail);
  const to = Atomics.load(positions, perfWord.head);
  const ahead = BigInt.asUintN(64, to - from);
  if (isSpan(from, to, size)) return { from, ahead: Number(ahead) };
  Atomics.store(positions, perfWord.tail, to);
  throw senseless(perf, from, to);
}

/** What is wrong with two positions. */
export function senseless(
  perf: PerfMemory,
  from: bigint,
  to: bigint,
): Damage {
  return new Damage(
    bufferOf(perf),
    `its positions make no sense: ${from} to ${to} in ${perf.size} bytes`,
    bytesBetween(from, to, perf.size),
  );
}

function bufferOf({ cpu }: PerfMemory): string {
  return `the perf buffer of CPU ${cpu}`;
}

/** How many samples lie before the reader, as far as they make sense; none is taken. */
export function countSamples(perf: PerfMemory): number {
  const { positions, words, size } = perf;
  const from = Atomics.load(positions, perfWord.tail);
  const to = Atomics.load(positions, perfWord.head);
  if (!isSpan(from, to, size)) return 0;
  const ahead = Number(BigInt.asUintN(64, to - from));
  let at = Number(from & BigInt(size - 1));
  let samples = 0;
  let passed = 0;
  while (passed < ahead) {
    const length = lengthAt(words, at >>> 2);
    if (!isLength(length, ahead - passed)) break;
    if (words[at >>> 2] === recordType.sample) samples++;
    at = (at + length) & (size - 1);
    passed += length;
  }
  return samples;
}

/** Whether a record of so many bytes can be, where `most` are left. */
export function isLength(length: number, most: number): boolean {
  return length >= headerBytes && (length & 7) === 0 && length <= most;
}

/**
 * How long the raw sample in a record of `length` bytes is: what it claims.
 *
 * The size of a record is 16 bits (struct perf_event_header). The helper takes
 * more and the record is then cut to the lower 16 bits, while the length inside
 * it says what was sent: to read that many bytes is to read what is not there.
 */
export function rawBytes(
  perf: PerfMemory,
  claimed: number | undefined,
  length: number,
): number {
  const raw = claimed ?? -1;
  if (raw >= 0 && raw <= length - rawAt) return raw;
  throw oversized(perf, raw, length);
}

function oversized(perf: PerfMemory, raw: number, length: number): Damage {
  const room = Math.max(0, length - rawAt);
  return new Damage(
    bufferOf(perf),
    `a sample claims ${raw >>> 0} bytes, and its record holds ${room}`,
    length,
  );
}

/** What the PERF_RECORD_LOST at `at` tells. */
export function lostIn(perf: PerfMemory, at: number, length: number): number {
  if (length < lostAt + 8) return 0;
  const data = joined(perf, at, length);
  return Number(new BigUint64Array(data.buffer, lostAt, 1)[0]);
}

/** A copy of the bytes from `at` on, which go on at the data's beginning. */
export function joined(
  { data, size }: PerfMemory,
  at: number,
  length: number,
): DataView<ArrayBuffer> {
  const { buffer, byteOffset } = data;
  const first = Math.min(length, size - at);
  const bytes = new Uint8Array(length);
  bytes.set(new Uint8Array(buffer, byteOffset + at, first));
  bytes.set(new Uint8Array(buffer, byteOffset, length - first), first);
  return new DataView(bytes.buffer);
}

/** What is wrong with a record that cannot be, and all behind it: `ahead` bytes. */
export function beyond(
  perf: PerfMemory,
  at: number,
  length: number,
  ahead: number,
): Damage {
  return new Damage(
    bufferOf(perf),
    `a record at ${at} claims ${length} bytes, which cannot be`,
    ahead,
  );
}
