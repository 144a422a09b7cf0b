/**
 * Claims that nobody tries to break.
 *
 * @module
 */

import type { Mutant, Proved } from "./mutant.ts";

/** The claims without a mutant; one that is absent on the running kernel is excused. */
export function orphans(
  claims: readonly string[],
  mutants: readonly Mutant[],
  before: ReadonlyMap<string, Proved> = new Map(),
): string[] {
  const tried = new Set(mutants.map(({ claim }) => claim));
  return claims.filter((id) =>
    !tried.has(id) && before.get(id)?.is !== "absent"
  );
}
