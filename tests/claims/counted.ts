/**
 * What a stream's program counted: struct ringside_count of bpf/ringside.bpf.h, as
 * it lies in its map.
 *
 * @module
 */

import type { MapEntries } from "../../mod.ts";

/** Where the struct has its words. */
export const field = {
  ...{ attempted: 0, accepted: 1, full: 3, noSlot: 4, refused: 5 },
} as const;

/** The counters on all CPUs together, whoever holds the map. */
export function countedIn(map: MapEntries): Record<keyof typeof field, number> {
  const words = new BigUint64Array(map.lookup(0).buffer);
  const each = map.valueSize / words.BYTES_PER_ELEMENT;
  const sum = (word: number): number =>
    Number(
      words.filter((_, at) => at % each === word)
        .reduce((total, one) => total + one, 0n),
    );
  const entries = Object.entries(field).map(([name, at]) => [name, sum(at)]);
  return Object.fromEntries(entries);
}
