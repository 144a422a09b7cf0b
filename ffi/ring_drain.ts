/**
 * Takes the records of a ring: the loop that all of them go through.
 *
 * What V8 makes of it counts. A constant of this module is one to it, an imported
 * one is loaded and checked each time: 1 ns of a record. What the loop calls is
 * put into it as long as its function stays small, so what goes before the loop
 * is another one. No array is taken apart in it, which is an iterator's work.
 *
 * @module
 */

import {
  beyond,
  discarded,
  headOf,
  lengthBits,
  lengthOf,
  recordHeader,
  type RingMemory,
  unreadRing,
} from "./ring_records.ts";
import { type Quota, wholeQuota } from "./quota.ts";
import { type Loan, Sample, type SampleSink } from "./sample.ts";
import { rowOf, ShortRecord, Tally } from "./tally.ts";
import { drainBy, Way } from "./way.ts";

const Borrowed = Sample;
const header = recordHeader;
const discard = discarded;
const bits = lengthBits;

/**
 * Hands the committed records up to the producer's position of now to `sink`,
 * and gives their room back. True unless the sink ended it by `false`, or the
 * quota did. A record that the sink throws at is consumed, as is
 * one that it ends the drain behind, and as is all from a record on that cannot be
 * ({@linkcode Damage}).
 *
 * How the two sides are ordered, each line against its partner in
 * kernel/bpf/ringbuf.c:
 * - the producer's position, Atomics.load: smp_store_release() at the end of
 *   __bpf_ringbuf_reserve(), behind the store of the header;
 * - a record's header, an acquire: the xchg() of bpf_ringbuf_commit(), a full
 *   barrier behind the stores of the payload;
 * - the consumer's position, Atomics.store: smp_load_acquire() at the beginning
 *   of __bpf_ringbuf_reserve(), before which no byte is given to a new record.
 *
 * Nobody is left waiting: a commit that did not see the consumer's store wakes
 * nobody, but then the poll(2) behind that store sees the reserve, since
 * ringbuf_avail_data_sz() loads the producer's position by smp_load_acquire(),
 * on arm64 an ldar, which does not pass an stlr in front of it.
 */
export function drainRing(
  ring: RingMemory,
  sink: SampleSink,
  quota = wholeQuota,
  tally = new Tally(),
): boolean {
  const loan = tally.lend();
  const { from, ahead } = unreadRing(ring);
  const way = new Way(from, ahead, ring.size);
  return drainBy(way, {
    ...{ loan, quota, tally },
    go: () => go(ring, way, { sink, loan, tally, quota }),
    give: (position) => void Atomics.store(ring.consumer, 0, position),
  });
}

/** Where records go, and what goes by them. */
interface Takers {
  readonly sink: SampleSink;
  readonly loan: Loan;
  readonly tally: Tally;
  readonly quota: Quota;
}

/**
 * Takes records up to `way.stop`, `way.enough` or the drain's end. Most records
 * are as long as the one before, so the inner loop takes those that have the same
 * head: where the next one begins is known before it has been looked at.
 */
function go(
  ring: RingMemory,
  way: Way,
  { sink, loan, tally, quota }: Takers,
): void {
  const { words, data } = ring;
  const { ahead, stop } = way;
  const Lent = Borrowed;
  const behind = header;
  const mask = (ring.size - 1) | 0;
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
      const head = headOf(words, at);
      if (taken === ahead || head < 0) return void (way.end = true);
      length = lengthOf(head) | 0;
      if (length > ahead - taken) {
        const damage = beyond(ring, at, length, ahead - taken);
        taken = ahead;
        throw damage;
      }
      let start = at;
      at = (at + length) | 0;
      taken = (taken + length) | 0;
      if ((head & discard) !== 0) {
        at = at & mask;
        enough = (enough - 1) | 0;
        continue;
      }
      const size = tally.resize(head & bits) | 0;
      if (size < tally.least) {
        loan.turn = begun = turn = turn + 1;
        throw new ShortRecord(size);
      }
      const last = Math.min(enough, turn + 1 + rowOf(stop - taken, length)) | 0;
      begun = turn + 1;
      own = false;
      // The data lie there twice: a row that begins in it goes on behind its end.
      for (;;) {
        loan.turn = turn = (turn + 1) | 0;
        const more = sink(new Lent(loan, data, (start + behind) | 0, size));
        if (more === false) return void (way.end = false);
        if (quota.cut === true) return void (way.end = false);
        if (turn >= last || headOf(words, at) !== head) break;
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
