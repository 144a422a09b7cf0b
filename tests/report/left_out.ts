/**
 * What is not proved on a running machine.
 *
 * @module
 */
import type { Claim } from "../claim.ts";

/**
 * Which claims are left out and why, a line each; and the simulated kernel, since
 * the mask of its ring buffers is an LSM program that every process would meet.
 */
export function leftOutReport(claims: readonly Claim[]): string {
  const kept = claims.filter(({ where }) => where === "guest");
  return [
    "Left out on a running machine, and proved by test:matrix in its own",
    ...kept.map(({ id, because }) =>
      `  ${id.padEnd(8)}  ${because ?? "it takes what is not ours"}`
    ),
    "  the mask  it refuses ring buffers to every process",
    "",
  ].join("\n");
}
