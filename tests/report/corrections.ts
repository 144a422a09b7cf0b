/**
 * What tutorials say that is imprecise or wrong, beside what was seen: one entry
 * for each claim that corrects something and holds on some kernel.
 *
 * @module
 */
import type { Correction } from "../claim.ts";
import type { Row } from "../results.ts";
import { figuresOf, readingsText } from "./evidence.ts";

/** A correction with the evidence for it. */
export interface Corrected extends Correction {
  readonly id: string;
  /** `"afterwards [1,2]; whileHeld []"`: what the kernels showed. */
  readonly seen: string;
}

/** The corrections that a run bears out, in the order of its claims. */
export function corrections(rows: readonly Row[]): Corrected[] {
  const found = new Map<string, Correction>();
  for (
    const { id, verdict, corrects } of rows.flatMap(({ claims }) => claims)
  ) {
    if (verdict === "holds" && corrects !== undefined) found.set(id, corrects);
  }
  const order = rows.find(({ claims }) => claims.length > 0)?.claims ?? [];
  return order.flatMap(({ id }) => {
    const correction = found.get(id);
    return correction === undefined
      ? []
      : [{ id, ...correction, seen: seen(rows, id) }];
  });
}

function seen(rows: readonly Row[], id: string): string {
  return figuresOf(rows, id)
    .map((figure) => `${figure.name} ${readingsText(figure)}`).join("; ");
}
