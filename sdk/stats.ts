/**
 * The account of a stream: where every event went.
 *
 * @module
 */

import { endianness } from "node:os";
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

const little = endianness() === "LE";

/** Reads a stream's account; `cpus` is the number of possible CPUs. */
export function readCount(map: BpfMap, cpus: number): Count {
  const view = new DataView(map.lookup(0, cpus).buffer);
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

/**
 * What the program counted, put beside what the reader has seen: `received`
 * from the kernel so far, `delivered` of those, `silent` the loss nobody told.
 */
export function settle(
  count: Count,
  seen: { received: number; delivered: number; silent: number },
): Stats {
  const { full, noSlot, refused, attempted, accepted, discarded } = count;
  const lostBy = { full, noSlot, refused, silent: seen.silent };
  return {
    attempted: attempted - discarded,
    delivered: seen.delivered,
    lost: full + noSlot + refused + seen.silent,
    lostBy,
    pending: Math.max(0, accepted - seen.silent - seen.received) +
      seen.received - seen.delivered,
    discarded,
  };
}
