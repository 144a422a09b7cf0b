/**
 * What several runs of both sides come to.
 *
 * @module
 */

/** Numbers by their middle and their ends. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** One run: both sides one behind the other, so that what disturbs one disturbs both. */
export interface Run {
  readonly ours: number;
  readonly c: number;
}

/** The middle number, or the mean of the two in the middle; NaN of none. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  const half = sorted.length / 2;
  const [low, high] = [Math.ceil(half) - 1, Math.floor(half)];
  return ((sorted[low] ?? NaN) + (sorted[high] ?? NaN)) / 2;
}

/** The spread of numbers, of which there is at least one. */
export function spread(numbers: readonly number[]): Spread {
  return {
    median: median(numbers),
    min: Math.min(...numbers),
    max: Math.max(...numbers),
  };
}

/** How ours stands to C: of each run's own two figures, not of the medians. */
export function ratios(runs: readonly Run[]): Spread {
  return spread(runs.map(({ ours, c }) => ours / c));
}
