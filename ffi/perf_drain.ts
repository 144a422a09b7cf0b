/**
 * Takes the samples of a perf buffer: the loop that all of them go through. It is
 * written as that of ring_drain.ts, for the same reasons.
 *
 * @module
 */

import { BpfError } from "./error.ts";
import {
  beyond,
  headerBytes,
  isLength,
  joined,
  type PerfMemory,
  perfWord,
  rawAt,
  rawBytes,
  recordType,
} from "./perf_records.ts";
import { emptySample, noLimit, Sample, type SampleSink } from "./sample.ts";
import { ShortRecord, Tally } from "./tally.ts";

const sampleType = recordType.sample;
const sizeAt = headerBytes;
const samplesAt = rawAt;

/** No sample has that size. */
const noSize = -1;

/** Where a PERF_RECORD_LOST has its count: behind the header and the event's id. */
const lostAt = headerBytes + 8;

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
  tally = new Tally(),
): boolean {
  const { from, ahead } = unread(perf);
  const before = tally.records;
  const way = new Way(perf, { from, ahead, enough: before + most });
  let published = 0;
  const give = (): void => {
    if (way.taken === published) return;
    const tail = from + BigInt(way.taken);
    Atomics.store(perf.positions, perfWord.tail, tail);
    published = way.taken;
  };
  tally.thrown = false;
  try {
    for (;;) {
      way.stop = Math.min(ahead, way.taken + perf.size / 2) | 0;
      go(perf, way, sink, lost, tally);
      if (way.end !== undefined) return way.end;
      give();
    }
  } finally {
    perf.taken = tally.records - before;
    give();
  }
}

/** How far a drain has come. */
class Way {
  /** Bytes from the reader's position to the kernel's. */
  readonly ahead: number;
  /** The tally's records at which it ends. */
  readonly enough: number;
  /** Where the next record begins. */
  at: number;
  /** Bytes that were taken. */
  taken = 0;
  /** With so many bytes taken, room is given back. */
  stop = 0;
  /** What the drain answers, when it is over. */
  end: boolean | undefined;
  /** The sample that is lent, and the one that is lent next. */
  readonly sample: Sample;
  readonly other: Sample;

  constructor(
    { data, cpu, size }: PerfMemory,
    { from, ahead, enough }: { from: bigint; ahead: number; enough: number },
  ) {
    this.ahead = ahead;
    this.enough = enough;
    this.at = Number(from & BigInt(size - 1));
    this.sample = emptySample(data, cpu);
    this.other = emptySample(data, cpu);
  }
}

/** Takes samples up to `way.stop` or the drain's end. */
function go(
  perf: PerfMemory,
  way: Way,
  sink: SampleSink,
  lost: (count: number) => void,
  tally: Tally,
): void {
  const { words, cpu, size } = perf;
  const { ahead, stop, enough } = way;
  const mask = (size - 1) | 0;
  let { sample, other } = way;
  let at = way.at | 0;
  let taken = way.taken | 0;
  let records = tally.records;
  let known = -1;
  let length = 0;
  let raw = noSize;
  let bytes = 0;
  let own = false;
  try {
    while (records < enough) {
      const start = at;
      const word = start >>> 2;
      const second = (words[word + 1] ?? 0) | 0;
      // Most records are as long as the one before: their place is known early.
      if (second !== known || taken + length > stop) {
        if (taken >= stop && taken < ahead) return;
        if (taken === ahead) return void (way.end = true);
        length = second >>> 16;
        own = !isLength(length, ahead - taken);
        if (own) throw beyond(perf, at, length);
        known = second;
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
      if (told !== raw || told < 0) {
        own = true;
        raw = rawBytes(cpu, length, told);
        bytes = tally.resize(raw) | 0;
        if (bytes < tally.least) {
          tally.records++;
          throw new ShortRecord(bytes);
        }
        own = false;
      }
      tally.records = ++records;
      const more = start + length > size
        ? handWrapped(perf, start, length, bytes, sink)
        : sink(sample.lend(start + samplesAt, bytes));
      if (more === false) return void (way.end = false);
      sample.end();
      const last = sample;
      sample = other;
      other = last;
    }
    way.end = false;
  } catch (thrown) {
    tally.thrown = !own;
    throw thrown;
  } finally {
    sample.end();
    way.at = at;
    way.taken = taken;
  }
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

/** Hands over a record that goes on at the data's beginning: a copy of it. */
function handWrapped(
  perf: PerfMemory,
  at: number,
  length: number,
  bytes: number,
  sink: SampleSink,
): boolean | void {
  const data = joined(perf, at, length);
  const sample = new Sample(undefined, data, rawAt, bytes, perf.cpu);
  try {
    return sink(sample);
  } finally {
    sample.end();
  }
}

/** What a PERF_RECORD_LOST tells; records of other kinds tell nothing. */
function lostIn(perf: PerfMemory, at: number, length: number): number {
  const isLost = perf.words[at >>> 2] === recordType.lost;
  if (!isLost || length < lostAt + 8) return 0;
  const data = joined(perf, at, length);
  return Number(new BigUint64Array(data.buffer, lostAt, 1)[0]);
}
