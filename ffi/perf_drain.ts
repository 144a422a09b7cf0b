/**
 * Takes the samples of a perf buffer: the loop that all of them go through. It is
 * written as that of ring_drain.ts, for the same reasons.
 *
 * @module
 */

import {
  beyond,
  headerBytes,
  isLength,
  joined,
  lostIn,
  type PerfMemory,
  perfWord,
  rawAt,
  rawBytes,
  recordType,
  unreadPerf,
} from "./perf_records.ts";
import { type Quota, wholeQuota } from "./quota.ts";
import { Loan, Sample, type SampleSink } from "./sample.ts";
import { ShortRecord, Tally } from "./tally.ts";

const Borrowed = Sample;
const sampleType = recordType.sample;
const lostType = recordType.lost;
const sizeAt = headerBytes;
const samplesAt = rawAt;

/** No sample has that size. */
const noSize = -1;

/**
 * Hands the samples up to the kernel's head of now to `sink`, and gives their
 * room back. True unless the sink ended it by `false`. A sample that the sink
 * throws at is consumed, as is one that it ends the drain behind, and as is all
 * from a record on that cannot be ({@linkcode Damage}). `lost` is told of what the
 * kernel had no room for.
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
  quota = wholeQuota,
  tally = new Tally(),
): boolean {
  const { from, ahead } = unreadPerf(perf);
  const way = new Way(perf, from, ahead);
  const loan = new Loan();
  let [published, told] = [0, tally.records];
  const give = (): void => {
    if (way.taken === published) return;
    const tail = from + BigInt(way.taken);
    Atomics.store(perf.positions, perfWord.tail, tail);
    published = way.taken;
  };
  const tell = (): boolean => {
    const records = tally.records - told;
    told = tally.records;
    return quota.took(records);
  };
  tally.thrown = false;
  try {
    for (;;) {
      way.stop = Math.min(ahead, published + perf.size / 2) | 0;
      way.enough = tally.records + quota.left;
      go(perf, way, { sink, lost, loan, tally, quota });
      if (way.end !== undefined) return way.end;
      if (way.taken >= way.stop) give();
      if (tell()) return false;
    }
  } finally {
    loan.end();
    tell();
    give();
  }
}

/** Where samples go, and what goes by them. */
interface Takers {
  readonly sink: SampleSink;
  readonly lost: (count: number) => void;
  readonly loan: Loan;
  readonly tally: Tally;
  readonly quota: Quota;
}

/** How far a drain has come. */
class Way {
  /** Bytes from the reader's position to the kernel's. */
  readonly ahead: number;
  /** The tally's records at which the quota is told. */
  enough = 0;
  /** Where the next record begins. */
  at: number;
  /** Bytes that were taken. */
  taken = 0;
  /** With so many bytes taken, room is given back. */
  stop = 0;
  /** What the drain answers, when it is over. */
  end: boolean | undefined;

  constructor({ size }: PerfMemory, from: bigint, ahead: number) {
    this.ahead = ahead | 0;
    this.at = Number(from & BigInt(size - 1));
  }
}

/** Takes samples up to `way.stop`, `way.enough` or the drain's end. */
function go(
  perf: PerfMemory,
  way: Way,
  { sink, lost, loan, tally, quota }: Takers,
): void {
  const { words, data, cpu, size } = perf;
  const { ahead, stop, enough } = way;
  const mask = (size - 1) | 0;
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
        if (own) {
          taken = ahead;
          throw beyond(perf, at, length);
        }
        known = second;
        raw = noSize;
      }
      at = (start + length) & mask;
      taken = (taken + length) | 0;
      if (words[word] !== sampleType) {
        if (words[word] === lostType) lost(lostIn(perf, start, length));
        continue;
      }
      // The word behind the header may be the data's first one.
      const told = (words[((start + sizeAt) & mask) >>> 2] ?? -1) | 0;
      if (told !== raw || told < 0) {
        own = true;
        raw = rawBytes(perf, told, length);
        bytes = tally.resize(raw) | 0;
        if (bytes < tally.least) {
          tally.records++;
          throw new ShortRecord(bytes);
        }
        own = false;
      }
      tally.records = ++records;
      const more = start + length > size
        ? handWrapped(perf, loan, start, bytes, sink)
        : sink(new Borrowed(loan, data, start + samplesAt, bytes, cpu));
      loan.end();
      if (more === false) return void (way.end = false);
      if (quota.cut) return void (way.end = false);
    }
  } catch (thrown) {
    tally.thrown = !own;
    throw thrown;
  } finally {
    way.at = at;
    way.taken = taken;
  }
}

/** Hands over a record that goes on at the data's beginning: a copy of it. */
function handWrapped(
  perf: PerfMemory,
  loan: Loan,
  at: number,
  bytes: number,
  sink: SampleSink,
): boolean | void {
  const data = joined(perf, at, rawAt + bytes);
  return sink(new Sample(loan, data, rawAt, bytes, perf.cpu));
}
