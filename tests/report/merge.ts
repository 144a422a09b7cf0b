/**
 * Joins the reports of several runs: the parts of one matrix, or a matrix and a
 * run on the machine itself.
 *
 * @module
 */
import { kernels as known } from "../../kernels/list.ts";
import { UsageError } from "../../kernels/usage_error.ts";
import type { Results, Row } from "../results.ts";

/**
 * All rows, those of the list in its order and then the others by their names,
 * from the first start to the last end. A kernel that ran in two parts is
 * a conflict; one that was unavailable in a part and is in another one is not.
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
    kernels: [...rows.values()].toSorted(byPlace),
  };
}

/**
 * What parts that can be merged disagree in, a line each: the machines they are
 * of, and the claims they were made with. The merged report names the first
 * part's machine.
 */
export function conflicts(parts: readonly Results[]): string[] {
  const hosts = parts.map(({ host }) => Object.entries(host));
  const names = [...new Set(hosts.flat().map(([name]) => name))];
  const differing = names.flatMap((name) => {
    const values = new Set(
      hosts.map((host) => String(Object.fromEntries(host)[name])),
    );
    return values.size < 2
      ? []
      : [`The parts differ in ${name}: ${[...values].join(", ")}`];
  });
  const rows = parts.flatMap(({ kernels }) => kernels)
    .filter(({ claims }) => claims.length > 0);
  const sets = Map.groupBy(
    rows,
    ({ claims }) => claims.map(({ id }) => id).toSorted().join(" "),
  );
  const groups = [...sets.values()].map((rows) =>
    rows.map(({ id }) => id).join(", ")
  );
  return groups.length < 2 ? differing : [
    ...differing,
    `The parts differ in their claims: ${groups.join(" against ")}`,
  ];
}

function wasHad({ state }: Row): boolean {
  return state !== "unavailable";
}

function byPlace(a: Row, b: Row): number {
  return place(a) - place(b) ||
    a.id.localeCompare(b.id, "en", { numeric: true });
}

function place({ id }: Row): number {
  const at = known.findIndex((kernel) => kernel.id === id);
  return at < 0 ? known.length : at;
}
