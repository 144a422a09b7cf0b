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

import { BpfError } from "./error.ts";
import {
  beyond,
  discarded,
  headOf,
  lengthBits,
  lengthOf,
  offsetIn,
  recordHeader,
  type RingMemory,
  ringWord,
  senseless,
} from "./ring_records.ts";
import {
  emptySample,
  noLimit,
  type Sample,
  type SampleSink,
} from "./sample.ts";
import { ShortRecord, Tally } from "./tally.ts";

const header = recordHeader;
const discard = discarded;
const bits = lengthBits;

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
  tally = new Tally(),
): boolean {
  const { from, ahead } = unread(ring);
  const before = tally.records;
  const way = new Way(ring, { from, ahead, enough: before + most });
  let published = 0;
  const give = (): void => {
    if (way.taken === published) return;
    Atomics.store(ring.consumer, 0, from + BigInt(way.taken));
    published = way.taken;
  };
  tally.thrown = false;
  try {
    for (;;) {
      way.stop = Math.min(ahead, way.taken + ring.size / 2) | 0;
      go(ring, way, sink, tally);
      if (way.end !== undefined) return way.end;
      give();
    }
  } finally {
    way.sample.end();
    ring.taken = tally.records - before;
    give();
  }
}

/** How far a drain has come. */
class Way {
  /** Bytes from the consumer's position to the producer's. */
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
    ring: RingMemory,
    { from, ahead, enough }: { from: bigint; ahead: number; enough: number },
  ) {
    this.ahead = ahead;
    this.enough = enough;
    this.at = offsetIn(ring, from);
    this.sample = emptySample(ring.data);
    this.other = emptySample(ring.data);
  }
}

/** Takes records up to `way.stop` or the drain's end. */
function go(
  ring: RingMemory,
  way: Way,
  sink: SampleSink,
  tally: Tally,
): void {
  const { words } = ring;
  const { ahead, stop, enough } = way;
  const mask = (ring.size - 1) | 0;
  let { sample, other } = way;
  let at = way.at | 0;
  let taken = way.taken | 0;
  let records = tally.records;
  let known = -1;
  let length = 0;
  let size = 0;
  let own = false;
  try {
    while (records < enough) {
      const head = headOf(words, at);
      // Most records are as long as the one before: their place is known early.
      if (head !== known || taken + length > stop) {
        if (taken >= stop && taken < ahead) return;
        if (taken === ahead || head < 0) return void (way.end = true);
        length = lengthOf(head) | 0;
        own = length > ahead - taken;
        if (own) throw beyond(ring, at, length);
        known = (head & discard) === 0 ? head : -1;
        if (known >= 0) {
          size = tally.resize(known & bits) | 0;
          own = size < tally.least;
          if (own) {
            taken += length;
            tally.records++;
            throw new ShortRecord(size);
          }
        }
      }
      const payload = at + header;
      at = (at + length) & mask;
      taken = (taken + length) | 0;
      if (known < 0) continue;
      tally.records = ++records;
      const more = sink(sample.lend(payload, size));
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
