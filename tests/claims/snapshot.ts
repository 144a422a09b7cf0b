/**
 * What a snapshot of a ring that overwrites (bpf/overwrite.bpf.c) holds.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { MappedRing } from "../../ffi/mapped_ring.ts";

/** Bytes that a record of bpf/overwrite.bpf.c takes, its header included. */
export const recordBytes = 64;

/** The words of each record; `meanwhile` is called in the midst of the copying. */
export function snapshot(
  ring: MappedRing,
  meanwhile: () => void = () => {},
): bigint[][] {
  const records: bigint[][] = [];
  ring.snapshot((sample) => {
    records.push([...new BigUint64Array(sample.copy().buffer)]);
  }, meanwhile);
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
