/**
 * Proves claims one after the other on the running kernel and tells each start
 * and each end at once, so that a machine that dies in between has said which
 * claim it died of.
 *
 * @module
 */
import type { Claim } from "./claim.ts";
import { Leaks } from "./leaks.ts";
import { type Bench, proveOne } from "./verdict.ts";
import type { End, Start } from "./wire.ts";

/** Milliseconds for one proof on the running kernel. */
export const claimTimeoutMs = 20_000;

/** The same in a guest: one that is emulated on a busy machine is ten times as slow. */
export const guestTimeoutMs = 60_000;

/** Proves the claims in their order. */
export async function* proveAll(
  claims: readonly Claim[],
  bench: Bench,
): AsyncGenerator<Start | End> {
  const leaks = new Leaks();
  for (const claim of claims) {
    yield { type: "start", id: claim.id };
    const judged = await proveOne(claim, { leaks, ...bench });
    yield { type: "end", id: claim.id, ...judged };
  }
}
