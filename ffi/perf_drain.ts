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
  lengthAt,
  lostIn,
  type PerfMemory,
  perfWord,
  rawAt,
  rawBytes,
  recordType,
  unreadPerf,
} from "./perf_records.ts";
import { type Quota, wholeQuota } from "./quota.ts";
import { type Loan, Sample, type SampleSink } from "./sample.ts";
import { rowOf, ShortRecord, Tally } from "./tally.ts";
import { drainBy, Way } from "./way.ts";

const Borrowed = Sample;
const sampleType = recordType.sample;
const lostType = recordType.lost;
const sizeAt = headerBytes;
const samplesAt = rawAt;

/**
 * Hands the samples up to the kernel's head of now to `sink`, and gives their
 * room back. True unless the sink ended it by `false`, or the quota did. A sample
 * that the sink throws at is consumed, as is one that it ends the drain behind, one
 * that claims more bytes than its record has, and all from a record on that cannot
 * be (both a {@linkcode Damage}). `lost` is told of what the kernel had no room for.
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
  const loan = tally.lend();
  const { from, ahead } = unreadPerf(perf);
  const way = new Way(from, ahead, perf.size);
  return drainBy(way, {
    ...{ loan, quota, tally },
    go: () => go(perf, way, { sink, lost, loan, tally, quota }),
    give: (tail) => void Atomics.store(perf.positions, perfWord.tail, tail),
  });
}

/** Where samples go, and what goes by them. */
interface Takers {
  readonly sink: SampleSink;
  readonly lost: (count: number) => void;
  readonly loan: Loan;
  readonly tally: Tally;
  readonly quota: Quota;
}

/**
 * Takes samples up to `way.stop`, `way.enough` or the drain's end. As in
 * ring_drain.ts the inner loop takes those that are as the one before: of the
 * same header and the same size.
 */
function go(
  perf: PerfMemory,
  way: Way,
  { sink, lost, loan, tally, quota }: Takers,
): void {
  const { words, data, cpu } = perf;
  const { ahead, stop } = way;
  const Lent = Borrowed;
  const sampled = sampleType;
  const behind = samplesAt;
  const mask = (perf.size - 1) | 0;
  let at = way.at | 0;
  let turn = loan.turn | 0;
  let begun = turn;
  let taken = way.taken | 0;
  let enough = way.enough | 0;
  let length = 0;
  let own = true;
  try {
    while (turn < enough) {
      if (taken >= stop && taken < ahead) return;
      if (taken === ahead) return void (way.end = true);
      length = lengthAt(words, at >>> 2) | 0;
      if (!isLength(length, ahead - taken)) {
        const damage = beyond(perf, at, length, ahead - taken);
        taken = ahead;
        throw damage;
      }
      let start = at;
      at = (at + length) | 0;
      taken = (taken + length) | 0;
      if (words[start >>> 2] !== sampled) {
        if (words[start >>> 2] === lostType) lost(lostIn(perf, start, length));
        at = at & mask;
        enough = (enough - 1) | 0;
        continue;
      }
      // The word behind the header may be the data's first one.
      const told = words[((start + sizeAt) & mask) >>> 2];
      const raw = rawBytes(perf, told, length) | 0;
      const size = tally.resize(raw) | 0;
      if (size < tally.least) {
        loan.turn = begun = turn = turn + 1;
        throw new ShortRecord(size);
      }
      const header = words[(start >>> 2) + 1];
      const room = perf.size - start;
      const wraps = length > room;
      const left = Math.min(stop - taken, room - length);
      const last = Math.min(enough, turn + 1 + rowOf(left, length)) | 0;
      begun = turn + 1;
      own = false;
      for (;;) {
        loan.turn = turn = (turn + 1) | 0;
        const more = wraps
          ? handWrapped(perf, loan, start, size, sink)
          : sink(new Lent(loan, data, (start + behind) | 0, size, cpu));
        if (more === false) return void (way.end = false);
        if (quota.cut === true) return void (way.end = false);
        if (turn >= last || words[at >>> 2] !== sampled) break;
        if (words[(at >>> 2) + 1] !== header) break;
        if (words[(at >>> 2) + 2] !== raw) break;
        start = at;
        at = (at + length) | 0;
      }
      own = true;
      at = at & mask;
      taken = (taken + Math.imul(turn - begun, length)) | 0;
      begun = turn;
    }
  } catch (thrown) {
    tally.thrown = !own;
    throw thrown;
  } finally {
    way.at = at & mask;
    way.taken = taken + (turn - begun) * length;
    way.enough = enough;
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
