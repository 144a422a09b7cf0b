/**
 * The order of Debian's versions, as deb-version(7) defines it.
 *
 * @module
 */

/** `~` sorts before the end, the end before letters, letters before the rest. */
function weight(char: string | undefined): number {
  if (char === undefined || /\d/.test(char)) return 0;
  if (char === "~") return -1;
  return /[A-Za-z]/.test(char) ? char.charCodeAt(0) : char.charCodeAt(0) + 256;
}

function compareText(a: string, b: string): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const order = weight(a[i]) - weight(b[i]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareDigits(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  if (x.length !== y.length) return x.length - y.length;
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Text and digits take turns, text first, until one differs. */
function comparePart(a: string, b: string): number {
  const [x = [], y = []] = [a, b].map((part) => part.match(/\D*\d*/g) ?? []);
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const [p = "", q = ""] = [x[i], y[i]];
    const order = compareText(p.replace(/\d+$/, ""), q.replace(/\d+$/, "")) ||
      compareDigits(p.replace(/^\D+/, ""), q.replace(/^\D+/, ""));
    if (order !== 0) return order;
  }
  return 0;
}

/** `epoch:upstream-revision`, where epoch and revision may be missing. */
function parts(version: string): [string, string, string] {
  const colon = version.indexOf(":");
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf("-");
  const epoch = version.slice(0, Math.max(colon, 0));
  return dash < 0
    ? [epoch, rest, ""]
    : [epoch, rest.slice(0, dash), rest.slice(dash + 1)];
}

/** Below zero where `a` is older than `b`, above zero where it is newer. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [parts(a), parts(b)];
  return compareDigits(x[0], y[0]) || comparePart(x[1], y[1]) ||
    comparePart(x[2], y[2]);
}
