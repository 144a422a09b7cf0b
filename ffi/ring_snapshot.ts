/**
 * The records of a ring as of one moment, without consuming any: what a ring
 * that overwrites (BPF_F_RB_OVERWRITE, Linux 6.19) is read by.
 *
 * @module
 */

import { gracePeriod } from "./grace_period.ts";
import {
  beyond,
  discarded,
  lengthBits,
  lengthOf,
  offsetIn,
  orderLoads,
  plainLoadsAcquire,
  recordHeader,
  type RingMemory,
  ringWord,
  senseless,
} from "./ring_records.ts";
import { Loan, Sample, type SampleSink } from "./sample.ts";

/** How often the ring is copied again while more than half of each copy gives way. */
const mostCopies = 4;

/** A part of a ring, copied. */
interface Copy {
  /** What was committed here is whole in the other. */
  readonly headers: Int32Array<ArrayBuffer>;
  readonly bytes: DataView<ArrayBuffer>;
  /** Bytes in front that gave way while they were copied. */
  readonly gone: number;
}

/**
 * Hands `sink` every committed record that did not give way while the ring was
 * copied, oldest first; `false` ends it. `meanwhile` is called in the midst of
 * the copying, `grace` behind it. Records that are busy are left out, those
 * behind them are not.
 */
export function snapshotRing(
  ring: RingMemory,
  sink: SampleSink,
  meanwhile: () => void,
  grace: () => void = gracePeriod,
): void {
  let copy = copyRing(ring, meanwhile, grace);
  for (let copies = 1; copies < mostCopies && isMostlyGone(copy); copies++) {
    copy = copyRing(ring, meanwhile, grace);
  }
  const { headers, bytes } = copy;
  const loan = new Loan();
  let at = copy.gone;
  while (at < bytes.byteLength) {
    const head = headers[at >>> 2] ?? 0;
    const length = lengthOf(head);
    const ahead = bytes.byteLength - at;
    if (length > ahead) throw beyond(ring, at, length, ahead);
    const payload = at + recordHeader;
    at += length;
    if (head < 0 || (head & discarded) !== 0) continue;
    try {
      const sample = new Sample(loan, bytes, payload, head & lengthBits);
      if (sink(sample) === false) return;
    } finally {
      loan.end();
    }
  }
}

function isMostlyGone({ gone, bytes }: Copy): boolean {
  return gone > bytes.byteLength / 2;
}

/**
 * Copies what there is twice: a record that is committed in the first copy is
 * whole in the second one, unless it gave way meanwhile. That takes the loads of
 * the first copy to be over before those of the second begin, against the xchg()
 * of bpf_ringbuf_commit(): so they are on x86-64; on arm64 {@linkcode orderLoads}
 * sees to it.
 *
 * That it did is told by overwrite_pos, which __bpf_ringbuf_reserve() writes
 * before it writes to the room (feeaf1346f80 ("bpf: Add overwrite mode for BPF
 * ring buffer")). On x86-64 stores are seen in their order, and so are these.
 * On arm64 nothing orders them; there a grace period does, in which every CPU
 * executes a full barrier: who wrote what was copied has then told so.
 */
function copyRing(
  ring: RingMemory,
  meanwhile: () => void,
  grace: () => void,
): Copy {
  const from = oldest(ring);
  const to = Atomics.load(ring.producer, ringWord.producer);
  if (to < from || ((from | to) & 7n) !== 0n) throw senseless(ring, from, to);
  // The producer may have gone on by more than the ring since the lines above.
  const length = Math.min(Number(to - from), ring.size);
  const headers = new Int32Array(copyBytes(ring, from, length));
  meanwhile();
  orderLoads();
  const bytes = new DataView(copyBytes(ring, from, length));
  if (!plainLoadsAcquire) grace();
  const gone = Math.min(Number(oldest(ring) - from), length);
  return { headers, bytes, gone };
}

/** Where the oldest record begins that is neither consumed nor gone. */
export function oldest(ring: RingMemory): bigint {
  const consumer = Atomics.load(ring.consumer, 0);
  const overwrite = Atomics.load(ring.producer, ringWord.overwrite);
  return consumer > overwrite ? consumer : overwrite;
}

function copyBytes(
  ring: RingMemory,
  from: bigint,
  length: number,
): ArrayBuffer {
  const { buffer, byteOffset } = ring.data;
  const start = byteOffset + offsetIn(ring, from);
  return buffer.slice(start, start + length);
}
