/**
 * Where every event of a stream went.
 *
 * @module
 */

import type { Count } from "./account.ts";
import type { OrderStats } from "./merge.ts";

/** At rest `attempted === delivered + lost`, on both transports. */
export interface Flow {
  /** Events that the program set out to send; those it discarded are not among them. */
  readonly attempted: number;
  /** Events handed to the consumer. */
  readonly delivered: number;
  /** Events that will never come: the sum of `lostBy`. */
  readonly lost: number;
  /** Where they were lost. */
  readonly lostBy: LostBy;
  /** Events on their way: in the kernel's buffer, held by the merge, or in the reader's queue. */
  readonly pending: number;
  /** Events that the program gave up after reserve. */
  readonly discarded: number;
  /** Bytes of the records received, the perf buffer's padding included. */
  readonly bytes: number;
}

/** The account of a stream, or of several, and what its reader did. */
export interface Stats extends Flow {
  /** Turns of the reader: drains of the kernel's buffers, empty ones too. */
  readonly drains: number;
  /** Waits that the kernel ended; the others ended by time. */
  readonly wakeups: number;
  /**
   * For how long the record at a ring's head has been reserved and not submitted,
   * ms, as far as was seen while somebody waited for events: it holds back all
   * behind it. 0 where none is, and once the stream is closed.
   */
  readonly busyMs: number;
  /** What the merge did; with order `"timestamp"` only. */
  readonly order?: OrderStats;
}

/** Causes of loss. */
export interface LostBy {
  /** The kernel's buffer had no room, or was paused, and the program was told. */
  readonly full: number;
  /** Nobody listened on that CPU: perf, or a ring per CPU. */
  readonly noSlot: number;
  /** Any other refusal of the helper. */
  readonly refused: number;
  /**
   * Perf on kernels whose helper answers 0 although the buffer is full (seen in
   * 4.19): taken by the helper, but never there to be read.
   */
  readonly silent: number;
  /**
   * Lay in a buffer whose records or positions made no sense, which was told by an
   * error; on kernels that have `silent`, it is up to as many as may have lain there.
   */
  readonly damaged: number;
  /** Overwrite mode: gave way to younger ones. */
  readonly overwritten: number;
  /** Received, but the decoder threw. */
  readonly undecodable: number;
  /** Still in the kernel's buffers, in the merge or in the queue when the stream was closed. */
  readonly unread: number;
}

/** What the reader has seen of a stream so far. */
export interface Seen {
  /** Events handed to the consumer. */
  readonly delivered: number;
  /** Records that the decoder threw at. */
  readonly undecodable: number;
  /** Loss that nobody told. */
  readonly silent: number;
  /** Records of a buffer that made no sense. */
  readonly damaged: number;
  /** Records that others have taken the place of. */
  readonly overwritten: number;
  readonly bytes: number;
}

/**
 * What the program counted, put beside what the reader has seen: what is neither
 * delivered nor lost is on its way.
 */
export function settle(count: Count, seen: Seen): Flow {
  const { full, noSlot, refused, discarded } = count;
  const { delivered, undecodable, silent, damaged, overwritten, bytes } = seen;
  const told = full + noSlot + refused;
  const attempted = count.attempted - discarded;
  const lost = told + silent + damaged + overwritten + undecodable;
  return {
    ...{ attempted, delivered, lost },
    lostBy: {
      ...{ full, noSlot, refused, silent, damaged, overwritten, undecodable },
      unread: 0,
    },
    pending: Math.max(0, attempted - delivered - lost),
    ...{ discarded, bytes },
  };
}

/** The account of several streams together; there is at least one. */
export function addUp(flows: readonly Flow[]): Flow {
  return flows.reduce((one, other) => ({
    ...add(one, other),
    lostBy: add(one.lostBy, other.lostBy),
  }));
}

/** Adds what is a number. */
function add<T extends object>(one: T, other: T): T {
  const fields = Object.entries(one).map(([name, value]) => [
    name,
    value + other[name as keyof T],
  ]);
  return Object.fromEntries(fields);
}

/** The last account of a stream: what was on its way will not come any more. */
export function settleAtClose(stats: Flow): Flow {
  const unread = stats.pending;
  const lostBy = { ...stats.lostBy, unread };
  return { ...stats, lost: stats.lost + unread, lostBy, pending: 0 };
}
