/**
 * The matrix as text: claims by kernels, then what a reader must know of each
 * kernel, then every failure and every loss in full, then one line of summary.
 *
 * @module
 */
import { createColors } from "npm:picocolors@^1.1.1";
import { type Results, type Row, summarize } from "../results.ts";
import { compare } from "./compare.ts";
import { corrections } from "./corrections.ts";
import { differenceLines } from "./difference.ts";
import { grid, shortLabel } from "./grid.ts";
import type { Paint, Paper } from "./paper.ts";
import { clip, hang } from "./text.ts";
import { failures, losses, programFailure } from "./trouble.ts";

/** The whole report of a run of claims; what differs from `before` comes last. */
export function terminalReport(
  results: Results,
  paper: Paper,
  before?: Results,
): string {
  const paint = createColors(paper.colour);
  const { kernels } = results;
  const parts = [
    grid(kernels, paper.width, paint),
    unavailable(kernels, paper.width, paint),
    transports(kernels, paper.width, paint),
    corrected(kernels, paper.width, paint),
    warnings(kernels, paper.width, paint),
    failures(kernels, paper.width, paint),
    losses(kernels, paper.width, paint),
    changed(results, before, paper.width, paint),
    [summaryLine(results, paint)],
  ];
  return page(parts);
}

function changed(
  results: Results,
  before: Results | undefined,
  width: number,
  paint: Paint,
): string[] {
  return before === undefined
    ? []
    : differenceLines(compare(before, results), width, paint);
}

/** The report of a run of the user's own program; its output was shown as it came. */
export function programReport(
  results: Results,
  { width, colour }: Paper,
  before?: Results,
): string {
  const paint = createColors(colour);
  const { kernels } = results;
  const ended = kernels.filter((row) => row.exit !== undefined);
  const failed = ended.filter((row) => row.exit !== 0);
  const lost = kernels.filter((row) => row.state === "lost").length;
  const ran = ended.length + lost;
  return page([
    named(ended, (row) => `exit code ${row.exit}`, width),
    failed.flatMap((row) => programFailure(row, width, paint)),
    unavailable(kernels, width, paint),
    losses(kernels, width, paint),
    changed(results, before, width, paint),
    [
      `${ran} ${ran === 1 ? "kernel" : "kernels"}: ` +
      `${ended.length - failed.length} ended well, ${failed.length} FAILED, ` +
      `${lost} lost; ${kernels.length - ran} unavailable`,
    ],
  ]);
}

function page(parts: readonly (readonly string[])[]): string {
  const texts = parts.filter((part) => part.length > 0).map((part) =>
    part.join("\n")
  );
  return `${texts.join("\n\n")}\n`;
}

function unavailable(
  rows: readonly Row[],
  width: number,
  paint: Paint,
): string[] {
  const missing = rows.filter((row) => row.state === "unavailable");
  if (missing.length === 0) return [];
  // One archive that cannot be reached takes many rows with it, for one reason.
  const reasons = Object.entries(
    Object.groupBy(missing, (row) => row.why ?? ""),
  );
  const entries = reasons.map(([why, rows = []]): Entry => [
    rows.map(shortLabel).join(", "),
    why,
  ]);
  return [paint.bold("Not available here"), ...listed(entries, width)];
}

function transports(
  rows: readonly Row[],
  width: number,
  paint: Paint,
): string[] {
  const told = rows.filter((row) => row.transport !== undefined);
  if (told.length === 0) return [];
  const text = (row: Row): string => `${row.transport}, because ${row.reason}`;
  return [
    paint.bold("What the SDK takes, and why"),
    ...named(told, text, width),
  ];
}

/** What tutorials say otherwise; the evidence in two lines, all of it is in the JSON. */
function corrected(
  rows: readonly Row[],
  width: number,
  paint: Paint,
): string[] {
  const found = corrections(rows);
  if (found.length === 0) return [];
  return [
    paint.bold("What tutorials say, what is right, and what was seen"),
    ...found.flatMap(({ id, said, right, seen }) => [
      ...hang(`  ${id.padEnd(4)}`, `"${said}"`, width),
      ...hang("      ", `${right}.`, width),
      ...clip(hang("      ", seen, width), 2, width)
        .map((line) => paint.dim(line)),
    ]),
  ];
}

function warnings(rows: readonly Row[], width: number, paint: Paint): string[] {
  const odd = rows.filter((row) => row.warnings !== undefined);
  if (odd.length === 0) return [];
  return [
    paint.bold("Warnings"),
    ...named(odd, (row) => row.warnings?.join("\n") ?? "", width),
  ];
}

/** One entry a row: its short label, then the text. */
function named(
  rows: readonly Row[],
  text: (row: Row) => string,
  width: number,
): string[] {
  return listed(rows.map((row): Entry => [shortLabel(row), text(row)]), width);
}

type Entry = [name: string, text: string];

/** Names in a column, their texts beside them. */
function listed(entries: readonly Entry[], width: number): string[] {
  const longest = Math.max(0, ...entries.map(([name]) => name.length));
  return entries.flatMap(([name, text]) =>
    hang(`  ${name.padEnd(longest)}  `, text, width)
  );
}

function summaryLine(results: Results, paint: Paint): string {
  const { holds, absent, fails, lost, unavailable } = summarize(
    results.kernels,
  );
  const ran = results.kernels.length - unavailable;
  const seconds = (Date.parse(results.finished) - Date.parse(results.started)) /
    1000;
  const cells = [
    paint.green(`${holds} holds`),
    `${absent} absent`,
    fails > 0 ? paint.red(paint.bold(`${fails} FAILS`)) : "0 fails",
    lost > 0 ? paint.yellow(paint.bold(`${lost} LOST`)) : "0 lost",
  ].join(", ");
  const kernels = `${ran} ${ran === 1 ? "kernel" : "kernels"}`;
  return `${kernels}: ${cells}; ${unavailable} unavailable; ${
    Math.round(seconds)
  } s`;
}
