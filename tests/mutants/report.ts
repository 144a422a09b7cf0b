/**
 * What a run of the mutants prints.
 *
 * @module
 */

import type { Mutant, Outcome } from "./mutant.ts";

/** How each outcome is called, loud where it is none that is wanted. */
const words: Readonly<Record<Outcome["is"], string>> = {
  killed: "killed",
  survived: "SURVIVED",
  "absent here": "absent here",
  "does not apply": "DOES NOT APPLY",
};

/** All that a run found. */
export interface Findings {
  readonly outcomes: readonly Outcome[];
  /** Claims that no mutant is there for. */
  readonly orphans: readonly string[];
  readonly seconds: number;
}

/** The line of one mutant: "killed R5 sdk/stats.ts, what is broken: what the claim said". */
export function outcomeLine(
  { claim, file, why }: Mutant,
  { is, said }: Outcome,
): string {
  return `${words[is].padEnd(14)} ${
    claim.padEnd(3)
  } ${file}, ${why}: ${said}\n`;
}

/** The line of a mutant that is not tried. */
export function listLine({ claim, file, why }: Mutant): string {
  return `${claim.padEnd(3)} ${file}, ${why}\n`;
}

/** The last lines. */
export function summary({ outcomes, orphans, seconds }: Findings): string {
  const count = (is: Outcome["is"]): number =>
    outcomes.filter((outcome) => outcome.is === is).length;
  const kinds = Object.keys(words) as Outcome["is"][];
  const counts = kinds.map((is) => `${count(is)} ${words[is].toLowerCase()}`);
  return [
    ...orphans.map((id) => `no mutant for ${id}\n`),
    `${outcomes.length} mutants: ${counts.join(", ")}; ${seconds} s\n`,
  ].join("");
}

/** 1 when a mutant survived or does not apply, or a claim has none; else 0. */
export function statusOf({ outcomes, orphans }: Findings): 0 | 1 {
  const wanted = ["killed", "absent here"];
  const fine = outcomes.every(({ is }) => wanted.includes(is));
  return fine && orphans.length === 0 ? 0 : 1;
}
