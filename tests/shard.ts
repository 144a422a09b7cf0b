/**
 * This machine's part of the rows: every machine makes the same parts of the
 * same rows, so none has to know of the others.
 *
 * @module
 */
import type { Results } from "./results.ts";

/** The I-th of N parts; I counts from 1. */
export interface Shard {
  readonly part: number;
  readonly of: number;
}

/** Reads `I/N`; undefined when it is no part. */
export function parseShard(word: string): Shard | undefined {
  const [, part, of] = /^([0-9]{1,4})\/([0-9]{1,4})$/.exec(word) ?? [];
  const shard = { part: Number(part), of: Number(of) };
  return shard.part >= 1 && shard.part <= shard.of ? shard : undefined;
}

/**
 * The rows of a part, in their order: of the rows that are left, the one that
 * takes longest goes to the part that has least to do.
 *
 * @param before an earlier run, whose timings are the rows' costs. A row that it
 * has none of costs what rows cost in the middle; without a run all cost the same.
 */
export function shardOf<Row extends { readonly id: string }>(
  rows: readonly Row[],
  { part, of }: Shard,
  before?: Results,
): Row[] {
  const cost = costs(before);
  const loads = Array.from({ length: of }, () => 0);
  const mine = new Set<Row>();
  for (const row of rows.toSorted((a, b) => cost(b) - cost(a))) {
    const least = loads.indexOf(Math.min(...loads));
    loads[least] = (loads[least] ?? 0) + cost(row);
    if (least === part - 1) mine.add(row);
  }
  return rows.filter((row) => mine.has(row));
}

/** Milliseconds that a row takes, as far as an earlier run tells. */
function costs(before?: Results): (row: { readonly id: string }) => number {
  const measured = new Map(
    (before?.kernels ?? []).filter(({ state }) => state === "ran")
      .map(({ id, timings: { bootMs, runMs } }) => [id, bootMs + runMs]),
  );
  const sorted = [...measured.values()].toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 1;
  return ({ id }) => measured.get(id) ?? middle;
}
