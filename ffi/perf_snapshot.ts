/**
 * The samples of a perf buffer that is written backward, newest first, and that
 * nobody consumes: a flight recorder (9ecda41acb97 ("perf/core: Add
 * ::write_backward attribute to perf event"), Linux 4.7).
 *
 * @module
 */

import {
  beyond,
  isLength,
  joined,
  lengthAt,
  type PerfMemory,
  perfWord,
  rawAt,
  rawBytes,
  recordType,
  senseless,
} from "./perf_records.ts";
import { Loan, Sample, type SampleSink } from "./sample.ts";

/** Bytes that the kernel has written so far: data_head counts down from 0. */
export function writtenBackward(perf: PerfMemory): bigint {
  return BigInt.asUintN(64, -Atomics.load(perf.positions, perfWord.head));
}

/** A copy of what the buffer holds, the newest record in front. Nothing may be written meanwhile. */
export function copyBackward(perf: PerfMemory): DataView<ArrayBuffer> {
  const head = Atomics.load(perf.positions, perfWord.head);
  if ((head & 7n) !== 0n) throw senseless(perf, head, 0n);
  const at = Number(head & BigInt(perf.size - 1));
  const written = writtenBackward(perf);
  return joined(perf, at, Math.min(Number(written), perf.size));
}

/**
 * Hands the samples of such a copy to `sink`, the oldest first, until it answers
 * `false`. The oldest record may have been cut by the newest; it is left out.
 */
export function handOver(
  perf: PerfMemory,
  copy: DataView<ArrayBuffer>,
  sink: SampleSink,
): void {
  const words = new Int32Array(copy.buffer);
  const loan = new Loan();
  for (const at of samplesOf(perf, words).reverse()) {
    const raw = words[(at >>> 2) + 2];
    const size = rawBytes(perf, raw, lengthAt(words, at >>> 2));
    try {
      const sample = new Sample(loan, copy, at + rawAt, size, perf.cpu);
      if (sink(sample) === false) return;
    } finally {
      loan.end();
    }
  }
}

/** Where the samples begin, the newest first. */
function samplesOf(perf: PerfMemory, words: Int32Array<ArrayBuffer>): number[] {
  const found: number[] = [];
  const end = words.byteLength;
  let at = 0;
  while (at < end) {
    const length = lengthAt(words, at >>> 2);
    const ahead = end - at;
    if (!isLength(length, 65535)) throw beyond(perf, at, length, ahead);
    if (length > ahead) {
      if (end < perf.size) throw beyond(perf, at, length, ahead);
      break;
    }
    if (words[at >>> 2] === recordType.sample) found.push(at);
    at += length;
  }
  return found;
}
