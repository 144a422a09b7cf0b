/**
 * The way of a drain through a buffer: what rings and perf buffers have in common.
 *
 * @module
 */

import type { Quota } from "./quota.ts";
import type { Loan } from "./sample.ts";
import type { Tally } from "./tally.ts";

/** How far a drain has come. */
export class Way {
  /** The reader's position when it began. */
  readonly from: bigint;
  /** Bytes from the reader's position to the kernel's. */
  readonly ahead: number;
  /** Bytes after which room is given back at the latest: half the buffer. */
  readonly half: number;
  /**
   * The loan's turn at which the quota is told: one less for each record that is
   * passed over meanwhile, as those that the program gave up.
   */
  enough = 0;
  /** Where the next record begins. */
  at: number;
  /** Bytes that were taken. */
  taken = 0;
  /** With so many bytes taken, room is given back. */
  stop = 0;
  /** What the drain answers, when it is over. */
  end: boolean | undefined;

  /** It begins at `from`, in a buffer of `size` bytes, a power of two. */
  constructor(from: bigint, ahead: number, size: number) {
    this.from = from;
    this.ahead = ahead | 0;
    this.half = size / 2;
    this.at = Number(from & BigInt(size - 1));
  }
}

/** What a drain goes by, and what its buffer does. */
export interface Drain {
  readonly loan: Loan;
  readonly quota: Quota;
  readonly tally: Tally;
  /** Takes records up to `way.stop`, `way.enough` or the drain's end. */
  readonly go: () => void;
  /** Stores the reader's position, as a release. */
  readonly give: (position: bigint) => void;
}

/**
 * Goes the way to its end: gives room back whenever half the buffer is taken and
 * behind all, and tells the quota of what was handed out. True unless the sink
 * or the quota ended it.
 */
export function drainBy(
  way: Way,
  { loan, quota, tally, go, give }: Drain,
): boolean {
  let [published, told, asked] = [0, 0, 0];
  const giveBack = (): void => {
    if (way.taken === published) return;
    give(way.from + BigInt(way.taken));
    published = way.taken;
  };
  const tell = (): boolean => {
    const [records, passed] = [loan.turn - told, asked - way.enough];
    told = loan.turn;
    asked = way.enough;
    return quota.took(records, passed);
  };
  try {
    for (;;) {
      way.stop = Math.min(way.ahead, published + way.half) | 0;
      way.enough = asked = (loan.turn + quota.left) | 0;
      go();
      if (way.end !== undefined) return way.end;
      if (way.taken >= way.stop) giveBack();
      if (tell()) return false;
    }
  } finally {
    tell();
    tally.settle();
    giveBack();
  }
}
