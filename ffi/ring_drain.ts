/**
 * Takes the records out of a ring buffer.
 *
 * @module
 */

import {
  beyond,
  discarded,
  headOf,
  lengthBits,
  lengthOf,
  offsetIn,
  recordHeader,
  type RingMemory,
  unreadRing,
} from "./ring_records.ts";
import { Loan, Sample, type SampleSink } from "./sample.ts";

/** What the loop below uses, as in perf_drain.ts. */
const [Borrowed, firstWord, bytesOf] = [Sample, headOf, lengthOf];
const [header, discardBit, sizeBits] = [recordHeader, discarded, lengthBits];

/**
 * Hands the committed records up to the producer's position of now to `sink`,
 * and gives their room back. True unless the sink ended it by `false`. A record
 * that the sink throws at is consumed, as is one that it ends the drain behind.
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
export function drainRing(ring: RingMemory, sink: SampleSink): boolean {
  const { words, data, size } = ring;
  const { from, ahead } = unreadRing(ring);
  const loan = new Loan();
  const mask = size - 1;
  let at = offsetIn(ring, from);
  let taken = 0;
  let published = 0;
  try {
    while (taken < ahead) {
      const head = firstWord(words, at);
      if (head < 0) return true;
      const length = bytesOf(head);
      if (length > ahead - taken) throw beyond(ring, at, length);
      const payload = at + header;
      at = (at + length) & mask;
      taken += length;
      if ((head & discardBit) === 0) {
        const more = sink(new Borrowed(loan, data, payload, head & sizeBits));
        loan.end();
        if (more === false) return false;
      }
      if (taken - published < size / 2) continue;
      Atomics.store(ring.consumer, 0, from + BigInt(taken));
      published = taken;
    }
    return true;
  } finally {
    loan.end();
    if (taken > published) {
      Atomics.store(ring.consumer, 0, from + BigInt(taken));
    }
  }
}
