/**
 * What sending an event costs, kernel by kernel, of the evidence of the claims
 * about cost: the tables of the tutorial's chapter on performance.
 *
 * @module
 */
import type { Row } from "../results.ts";
import { cellOf, figureOf } from "../report/evidence.ts";
import { shortLabel } from "../report/grid.ts";
import { table } from "../report/markdown.ts";

/** A column: its head, and where its figure stands. */
type Column = readonly [head: string, claim: string, figure: string];

/** The tables, by name. */
const columns: Readonly<Record<string, readonly Column[]>> = {
  notification: [
    ["ring, own rule", "C1", "ring, ns.ownRule"],
    ["ring, each", "C1", "ring, ns.each"],
    ["ring, sampled", "C1", "ring, ns.sampled"],
    ["perf, each", "C1", "perf, ns.each"],
    ["perf, sampled", "C1", "perf, ns.sampled"],
  ],
  producers: [
    ["one ring, alone", "P3", "one ring, ns.alone"],
    ["one ring, two", "P3", "one ring, ns.accompanied"],
    ["a ring each, two", "P3", "a ring each, ns.accompanied"],
    ["perf, alone", "P3", "perf, ns.alone"],
    ["perf, two", "P3", "perf, ns.accompanied"],
  ],
  records: [
    ["reserve, 8 bytes", "C2", "ns.small.reserve"],
    ["output, 8 bytes", "C2", "ns.small.output"],
    ["reserve, 4096 bytes", "C2", "ns.large.reserve"],
    ["output, 4096 bytes", "C2", "ns.large.output"],
  ],
  refusals: [
    ["reserve", "R6", "ringNs.reserveLarge"],
    ["output", "R6", "ringNs.output"],
    ["perf", "R6", "perfNs.filled"],
  ],
};

/** The names of the tables. */
export const costTables: readonly string[] = Object.keys(columns);

/** One of the tables: a line for each kernel that has any of its figures, ns per event. */
export function costTable(name: string, rows: readonly Row[]): string {
  const wanted = columns[name] ?? [];
  const lines = rows.map((row) => {
    const figures = wanted.map(([, claim, figure]) =>
      figureOf(row, claim, figure) || "–"
    );
    return { row, figures };
  }).filter(({ figures }) => figures.some((figure) => figure !== "–"));
  return table(
    ["kernel", ...wanted.map(([head]) => head)],
    lines.map(({ row, figures }) => [named(row, wanted), ...figures]),
  ).join("\n");
}

/** Which rows of docs/performance.md the tutorial has, and what it calls them. */
const consumers: Readonly<Record<string, string>> = {
  "drain-raw": "taking an event, its bytes",
  "drain-object": "taking an event, decoded",
  "for-await": "the same by `for await`",
  "latency-p50": "from submit to callback, half of them below",
  "latency-p99": "the same, 99 % below",
  "blocking-p50": "half of them below, the thread itself waits",
};

/** What a consumer costs: rows for events of 24 bytes, of the table of docs/performance.md. */
export function consumersTable(performance: string): string {
  const cells = performance.split("\n").filter((line) => line.startsWith("| "))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  const rows = cells.flatMap(([what = "", transport = "", bytes, ours, c]) => {
    const name = consumers[what];
    return name === undefined || bytes !== "24"
      ? []
      : [[name, transport, c ?? "", ours ?? ""]];
  });
  return table(["what", "transport", "C, libbpf", "SDK"], rows).join("\n");
}

/** A kernel's label; one whose CPU is emulated says so. */
function named(row: Row, wanted: readonly Column[]): string {
  const isJudged = wanted.some(([, claim]) =>
    cellOf(row, claim)?.evidence["judged"] === true
  );
  return `${shortLabel(row)}${isJudged ? "" : ", emulated"}`;
}
