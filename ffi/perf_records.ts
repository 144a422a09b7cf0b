/**
 * The records of a perf buffer as they lie in memory: linux/perf_event.h.
 *
 * @module
 */

import { BpfError } from "./error.ts";
import { emptySample, noLimit, Sample, type SampleSink } from "./sample.ts";

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
  /** Samples of the last drain. */
  taken: number;
}

/** Where struct perf_event_mmap_page has data_head; data_tail is the next word. */
const positionsAt = 1024;

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
    taken: 0,
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

// See ring_records.ts: an exported constant costs time.
const sampleType = recordType.sample;
const sizeAt = headerBytes;
const samplesAt = rawAt;

/** No sample has that size. */
const noSize = -1;

/** Bytes of the record that begins at this word: the upper half of the header's second one. */
export function lengthAt(
  words: Int32Array<ArrayBuffer>,
  word: number,
): number {
  return (words[word + 1] ?? 0) >>> 16;
}

/**
 * Hands the samples up to the kernel's head of now to `sink`, and gives their
 * room back. True unless the sink ended it by `false`. A sample that the sink
 * throws at is consumed, as is one that it ends the drain behind. `lost` is told
 * of what the kernel had no room for.
 *
 * How the two sides are ordered, by kernel/events/ring_buffer.c,
 * perf_output_put_handle(): the load of data_head (Atomics.load: a plain mov on
 * x86-64, ldar on arm64) is in front of every load of data (C there, which
 * matches B), so no record needs more than plain loads; the store of data_tail
 * (Atomics.store: xchg, stlr) is behind them (D, which matches A).
 */
export function drainPerf(
  perf: PerfMemory,
  sink: SampleSink,
  lost: (count: number) => void,
  most = noLimit,
): boolean {
  const { words, data, cpu, size } = perf;
  const { from, ahead } = unread(perf);
  const mask = (size - 1) | 0;
  const half = size >>> 1;
  let sample = emptySample(data, cpu);
  let other = emptySample(data, cpu);
  let lent = sample;
  let at = Number(from & BigInt(mask)) | 0;
  let left = most | 0;
  let taken = 0;
  let published = 0;
  let stop = 0;
  let known = -1;
  let length = 0;
  let raw = 0;
  try {
    while (left > 0) {
      const start = at;
      const word = start >>> 2;
      const second = (words[word + 1] ?? 0) | 0;
      // Most records are as long as the one before: their place is known early.
      if (second !== known || taken + length > stop) {
        if (taken === ahead) return true;
        known = second;
        length = second >>> 16;
        if (!isLength(length, ahead - taken)) throw beyond(perf, at, length);
        if (taken + length > stop) {
          if (taken > published) give(perf, from, taken);
          published = taken;
          stop = Math.min(ahead, taken + Math.max(length, half)) | 0;
        }
        raw = noSize;
      }
      at = (start + length) & mask;
      taken = (taken + length) | 0;
      if (words[word] !== sampleType) {
        lost(lostIn(perf, start, length));
        continue;
      }
      // The word behind the header may be the data's first one.
      const told = (words[((start + sizeAt) & mask) >>> 2] ?? -1) | 0;
      if (told !== raw || told < 0) raw = rawBytes(cpu, length, told);
      lent = start + length > size
        ? wrapped(perf, start, length)
        : sample.lend(start + samplesAt, raw);
      left = (left - 1) | 0;
      if (sink(lent) === false) return false;
      lent.end();
      const last = sample;
      sample = other;
      other = last;
    }
    return false;
  } finally {
    lent.end();
    perf.taken = most - left;
    if (taken > published) give(perf, from, taken);
  }
}

/** Gives the room of what was taken back to the kernel. */
function give({ positions }: PerfMemory, from: bigint, taken: number): void {
  Atomics.store(positions, perfWord.tail, from + BigInt(taken));
}

/** Where the reader is, and how many bytes lie before it. */
function unread(perf: PerfMemory): { from: bigint; ahead: number } {
  const { positions, size } = perf;
  const from = Atomics.load(positions, perfWord.tail);
  const to = Atomics.load(positions, perfWord.head);
  const ahead = BigInt.asUintN(64, to - from);
  if (ahead <= size && ((from | to) & 7n) === 0n) {
    return { from, ahead: Number(ahead) | 0 };
  }
  throw new BpfError(`read the perf buffer of CPU ${perf.cpu}`, {
    cause: `its positions make no sense: ${from} to ${to} in ${size} bytes`,
  });
}

/** Whether a record of so many bytes can be, where `most` are left. */
export function isLength(length: number, most: number): boolean {
  return length >= headerBytes && length % 8 === 0 && length <= most;
}

/** The sample of a record that goes on at the data's beginning, copied. */
function wrapped(perf: PerfMemory, at: number, length: number): Sample {
  const data = joined(perf, at, length);
  const raw = rawBytes(perf.cpu, length, new Int32Array(data.buffer)[2]);
  return new Sample(undefined, data, rawAt, raw, perf.cpu);
}

/**
 * How long the raw sample in a record of `length` bytes is, by its own word.
 *
 * The size of a record is 16 bits (struct perf_event_header). The helper takes
 * more and the record is then cut to the lower 16 bits, while the length inside
 * it says what was sent: to read that many bytes is to read what is not there.
 */
export function rawBytes(
  cpu: number,
  length: number,
  raw: number | undefined,
): number {
  if (raw !== undefined && raw >= 0 && raw <= length - rawAt) return raw;
  throw new BpfError(`read the perf buffer of CPU ${cpu}`, {
    cause: `a sample claims ${(raw ?? 0) >>> 0} bytes, and its record holds ${
      Math.max(0, length - rawAt)
    }`,
  });
}

/** What a PERF_RECORD_LOST tells; records of other kinds tell nothing. */
function lostIn(perf: PerfMemory, at: number, length: number): number {
  const isLost = perf.words[at >>> 2] === recordType.lost;
  if (!isLost || length < lostAt + 8) return 0;
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

/** What is wrong with a record that cannot be. */
export function beyond(
  perf: PerfMemory,
  at: number,
  length: number,
): BpfError {
  return new BpfError(`read the perf buffer of CPU ${perf.cpu}`, {
    cause: `a record at ${at} claims ${length} bytes, which cannot be`,
  });
}
