/**
 * What `--list` shows: the rows with what is cached of them, and the claims
 * with their sources.
 *
 * @module
 */
import { createColors } from "npm:picocolors@^1.1.1";
import type { Claim } from "../claim.ts";
import type { Paper } from "./paper.ts";
import { hang } from "./text.ts";

/** A row as the list shows it. */
export interface Listed {
  readonly id: string;
  readonly label: string;
  /** What there is of it on this machine, such as the release of a cached image, or undefined. */
  readonly had: string | undefined;
  readonly simulated: string | null;
  /** Why it runs only where it is named, or undefined. */
  readonly namedOnly: string | undefined;
}

/** The list as text. */
export function listReport(
  rows: readonly Listed[],
  claims: readonly Claim[],
  { width, colour }: Paper,
): string {
  const paint = createColors(colour);
  const id = Math.max(0, ...rows.map((row) => row.id.length));
  const label = Math.max(0, ...rows.map((row) => row.label.length));
  return [
    paint.bold("Kernels"),
    ...rows.map((row) => {
      const had = row.had ?? "not cached";
      const state = [
        had,
        ...row.simulated === null ? [] : [`simulated: ${row.simulated}`],
        row.namedOnly ?? [],
      ].flat().join("; ");
      return `  ${row.id.padEnd(id)}  ${row.label.padEnd(label)}  ${state}`;
    }),
    "",
    paint.bold("Claims"),
    ...claims.flatMap((claim) => [
      ...hang(`  ${claim.id.padEnd(4)}`, claim.title, width),
      ...hang("      ", sourceOf(claim), width).map((line) => paint.dim(line)),
    ]),
    "",
  ].join("\n");
}

function sourceOf({ source, since }: Claim): string {
  return since === undefined ? source : `${source}, since ${since}`;
}
