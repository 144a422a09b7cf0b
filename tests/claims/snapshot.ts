/**
 * A snapshot of a ring that overwrites (bpf/overwrite.bpf.c): libbpf has no
 * consumer for it.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { MappedRing } from "../../ffi/mapped_ring.ts";
import { header } from "./raw_ring.ts";

/** Bit of a record's first word while it is not committed (BPF_RINGBUF_BUSY_BIT). */
const busy = 1n << 31n;

/** Bytes that a record of bpf/overwrite.bpf.c takes, its header included. */
export const recordBytes = 64;

/**
 * The ring as of one moment: every committed record that did not give way while
 * it was copied. `meanwhile` is called in the midst of the copying.
 */
export function snapshot(
  ring: MappedRing,
  meanwhile: () => void = () => {},
): bigint[][] {
  const from = ring.overwrite;
  // The kernel may have gone on by more than the ring since the line above.
  const to = Math.min(ring.producer, from + ring.size);
  const headers = new BigUint64Array(ring.copy(from, to).buffer);
  meanwhile();
  // What is committed in the first copy is whole in the second one.
  const words = new BigUint64Array(ring.copy(from, to).buffer);
  const records: bigint[][] = [];
  // Records in front of this position gave way while they were copied.
  for (let at = ring.overwrite - from; at < to - from; at += recordBytes) {
    if (((headers[at / 8] ?? busy) & busy) !== 0n) break;
    records.push([
      ...words.subarray((at + header) / 8, (at + recordBytes) / 8),
    ]);
  }
  return records;
}

/** The records' numbers; throws where one record has two, or one is left out. */
export function numbers(records: readonly bigint[][]): number[] {
  const [first = 0n] = records[0] ?? [];
  records.forEach((words, at) => {
    const number = first + BigInt(at);
    assert.ok(
      words.every((word) => word === number),
      `record ${number} is torn: ${words.join(" ")}`,
    );
  });
  return records.map(([number]) => Number(number));
}
