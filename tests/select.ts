/**
 * Chooses claims by what the command line says.
 *
 * @module
 */
import { didYouMean } from "../kernels/nearest.ts";
import { matchesGlob } from "../kernels/select.ts";
import { UsageError } from "../kernels/usage_error.ts";
import type { Claim } from "./claim.ts";

/**
 * The claims that any of the globs names, in the order of the list; all of them
 * where there is no glob. Case does not count: ids have capitals only.
 *
 * @throws {UsageError} when a glob names no claim, with the nearest ids.
 */
export function selectClaims(
  globs: readonly string[],
  claims: readonly Claim[],
): Claim[] {
  const capitals = globs.map((glob) => glob.toUpperCase());
  const ids = claims.map(({ id }) => id);
  for (const [at, glob] of capitals.entries()) {
    if (ids.some((id) => matchesGlob(id, glob))) continue;
    const hint = didYouMean(glob.replaceAll(/[*?]/g, ""), ids);
    throw new UsageError(
      `Unknown claim "${globs[at]}"${hint || `; there are ${ids.join(", ")}`}`,
    );
  }
  return claims.filter(({ id }) =>
    capitals.length === 0 || capitals.some((glob) => matchesGlob(id, glob))
  );
}
