/**
 * The account of a stream: where every event went.
 *
 * @module
 */

import { littleEndian as little } from "../ffi/byte_order.ts";
import type { BpfMap } from "../ffi/map.ts";

/** At rest `attempted === delivered + lost`, on both transports. */
export interface Stats {
  /** Events that the program set out to send; those it discarded are not among them. */
  readonly attempted: number;
  /** Events handed to the consumer. */
  readonly delivered: number;
  /** Events that will never come: the sum of `lostBy`. */
  readonly lost: number;
  /** Where they were lost. */
  readonly lostBy: LostBy;
  /** Events on their way: in the kernel's buffer or in the reader's queue. */
  readonly pending: number;
  /** Events that the program gave up after reserve. */
  readonly discarded: number;
  /** Bytes of the records received, the perf buffer's padding included. */
  readonly bytes: number;
  /** Turns of the reader: drains of the kernel's buffers, empty ones too. */
  readonly drains: number;
  /** Waits that the kernel ended; the others ended by time. */
  readonly wakeups: number;
}

/** Causes of loss. */
export interface LostBy {
  /** The kernel's buffer had no room, and the program was told. */
  readonly full: number;
  /** Perf: nobody listened on that CPU. */
  readonly noSlot: number;
  /** Any other refusal of the helper. */
  readonly refused: number;
  /**
   * Perf on kernels whose helper answers 0 although the buffer is full (seen in
   * 4.19): taken by the helper, but never there to be read.
   */
  readonly silent: number;
  /** Received, but the decoder threw. */
  readonly undecodable: number;
  /** Still in the kernel's buffers or in the queue when the stream was closed. */
  readonly unread: number;
}

/** struct ringside_count of ringside.bpf.h, summed over the CPUs. */
export interface Count {
  readonly attempted: number;
  readonly accepted: number;
  readonly discarded: number;
  readonly full: number;
  readonly noSlot: number;
  readonly refused: number;
}

/** Reads a stream's account. */
export function readCount(map: BpfMap): Count {
  const view = new DataView(map.lookup(0).buffer);
  const sum = (field: number): number => {
    let total = 0n;
    for (let at = 8 * field; at < view.byteLength; at += map.valueSize) {
      total += view.getBigUint64(at, little);
    }
    return Number(total);
  };
  return {
    attempted: sum(0),
    accepted: sum(1),
    discarded: sum(2),
    full: sum(3),
    noSlot: sum(4),
    refused: sum(5),
  };
}

/** What the reader has seen so far. */
export interface Seen {
  /** Records that came out of the kernel. */
  readonly received: number;
  /** Events handed to the consumer. */
  readonly delivered: number;
  /** Records that the decoder threw at. */
  readonly undecodable: number;
  /** Loss that nobody told. */
  readonly silent: number;
  readonly bytes: number;
  readonly drains: number;
  readonly wakeups: number;
}

/** What the program counted, put beside what the reader has seen. */
export function settle(count: Count, seen: Seen): Stats {
  const { full, noSlot, refused, accepted } = count;
  const { received, delivered, undecodable, silent } = seen;
  const inKernel = Math.max(0, accepted - silent - received);
  return {
    attempted: count.attempted - count.discarded,
    delivered,
    lost: full + noSlot + refused + silent + undecodable,
    lostBy: { full, noSlot, refused, silent, undecodable, unread: 0 },
    pending: inKernel + received - delivered - undecodable,
    discarded: count.discarded,
    bytes: seen.bytes,
    drains: seen.drains,
    wakeups: seen.wakeups,
  };
}

/** The last account of a stream: what was on its way will not come any more. */
export function settleAtClose(stats: Stats): Stats {
  const unread = stats.pending;
  const lostBy = { ...stats.lostBy, unread };
  return { ...stats, lost: stats.lost + unread, lostBy, pending: 0 };
}
