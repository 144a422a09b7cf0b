/**
 * The order of rpm's versions, as rpm's docs/man/rpm-version.7 defines it.
 *
 * @module
 */

/** Runs of digits, runs of letters, and the two marks; whatever else there is only separates. */
function segments(version: string): string[] {
  return version.match(/\d+|[A-Za-z]+|~|\^/g) ?? [];
}

/** `~` sorts before the end, the end before `^`, that before letters, letters before numbers. */
function weight(segment: string | undefined): number {
  if (segment === undefined) return 1;
  if (segment === "~") return 0;
  if (segment === "^") return 2;
  return /\d/.test(segment) ? 4 : 3;
}

function compareSegment(a: string, b: string): number {
  if (!/\d/.test(a)) return a === b ? 0 : a < b ? -1 : 1;
  const [x, y] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  if (x.length !== y.length) return x.length - y.length;
  return x === y ? 0 : x < y ? -1 : 1;
}

function comparePart(a: string, b: string): number {
  const [x, y] = [segments(a), segments(b)];
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const [p, q] = [x[i], y[i]];
    const order = weight(p) - weight(q) || compareSegment(p ?? "", q ?? "");
    if (order !== 0) return order;
  }
  return 0;
}

/** `epoch:version-release`, where epoch and release may be missing. */
function parts(version: string): string[] {
  const [, epoch = "0", name = "", release = ""] =
    /^(?:(\d*):)?([^-]*)(?:-(.*))?$/s.exec(version) ?? [];
  return [epoch, name, release];
}

/** Below zero where `a` is older than `b`, above zero where it is newer. */
export function compareRpmVersions(a: string, b: string): number {
  const [x, y] = [parts(a), parts(b)];
  const orders = x.map((part, i) => comparePart(part, y[i] ?? ""));
  return orders.find((order) => order !== 0) ?? 0;
}
