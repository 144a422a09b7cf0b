/**
 * Takes the samples out of a perf buffer.
 *
 * @module
 */

import {
  beyond,
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
import { Loan, Sample, type SampleSink } from "./sample.ts";

/**
 * What the loop below uses: V8 loads an imported or exported binding anew at
 * each use and compiles a module's own constant in, which is a fourth of a
 * record's time.
 */
const [Borrowed, fits, rawOf] = [Sample, isLength, rawBytes];
const { lost: lostType, sample: sampleType } = recordType;
const rawOffset = rawAt;

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
): boolean {
  const { words, data, positions, size, cpu } = perf;
  const { from, ahead } = unreadPerf(perf);
  const loan = new Loan();
  const mask = size - 1;
  let at = Number(from & BigInt(mask));
  let taken = 0;
  let published = 0;
  try {
    while (taken < ahead) {
      const word = at >>> 2;
      const length = (words[word + 1] ?? 0) >>> 16;
      if (!fits(length, ahead - taken)) throw beyond(perf, at, length);
      const start = at;
      at = (at + length) & mask;
      taken += length;
      if (words[word] === sampleType) {
        const raw = rawOf(perf, words[((start + 8) & mask) >>> 2], length);
        const more = start + length > size
          ? sink(wrapped(perf, loan, start, raw))
          : sink(new Borrowed(loan, data, start + rawOffset, raw, cpu));
        loan.end();
        if (more === false) return false;
      } else if (words[word] === lostType) {
        lost(lostIn(perf, start, length));
      }
      if (taken - published < size / 2) continue;
      Atomics.store(positions, perfWord.tail, from + BigInt(taken));
      published = taken;
    }
    return true;
  } finally {
    loan.end();
    if (taken > published) {
      Atomics.store(positions, perfWord.tail, from + BigInt(taken));
    }
  }
}

/** The sample of a record that goes on at the data's beginning, copied. */
function wrapped(
  perf: PerfMemory,
  loan: Loan,
  at: number,
  raw: number,
): Sample {
  const copy = joined(perf, at, rawAt + raw);
  return new Sample(loan, copy, rawAt, raw, perf.cpu);
}
