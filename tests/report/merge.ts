/**
 * Joins the reports of several runs: the parts of one matrix, or a matrix and a
 * run on the machine itself.
 *
 * @module
 */
import { UsageError } from "../../kernels/usage_error.ts";
import type { Results, Row } from "../results.ts";

/**
 * All rows in the order of the parts, from the first start to the last end. A
 * kernel that ran in two parts is a conflict; one that was unavailable in a part
 * and is in another one is not.
 *
 * @throws {UsageError} naming the kernel.
 */
export function merge(parts: readonly Results[]): Results {
  const [first] = parts;
  if (first === undefined) throw new UsageError("There is nothing to merge");
  const rows = new Map<string, Row>();
  for (const row of parts.flatMap(({ kernels }) => kernels)) {
    const other = rows.get(row.id);
    if (other !== undefined && [row, other].every(wasHad)) {
      throw new UsageError(`Cannot merge: "${row.id}" is in two reports`);
    }
    if (other === undefined || wasHad(row)) rows.set(row.id, row);
  }
  return {
    ...first,
    started: parts.map(({ started }) => started).toSorted()[0] ?? "",
    finished: parts.map(({ finished }) => finished).toSorted().at(-1) ?? "",
    kernels: [...rows.values()],
  };
}

function wasHad({ state }: Row): boolean {
  return state !== "unavailable";
}
