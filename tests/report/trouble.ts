/**
 * What went wrong, for a terminal: each failed claim with its sentence, what was
 * expected and what was seen, each lost machine, and the ends of their consoles.
 *
 * @module
 */
import type { Cell, Row } from "../results.ts";
import type { Paint } from "./paper.ts";
import { clip, hang, printable } from "./text.ts";

/** Lines of a lost machine's console that are shown; the JSON report has all. */
const lossLines = 12;
/** Of the console of a machine on which a claim failed: seldom the reason. */
const failureLines = 3;

/** The claims that failed, and behind those of a kernel the end of its console. */
export function failures(
  rows: readonly Row[],
  width: number,
  paint: Paint,
): string[] {
  return rows.flatMap((row) => {
    const failed = row.claims.filter(({ verdict }) => verdict === "fails");
    if (failed.length === 0) return [];
    return [
      ...failed.flatMap((cell) => [
        `${paint.red(paint.bold("✗ FAILS"))}  ${paint.bold(cell.id)} on ${
          nameOf(row)
        }`,
        ...hang("  ", `${cell.title}.`, width),
        ...hang("    ", cell.why ?? "", width),
        ...evidence(cell, width, paint),
      ]),
      ...row.state === "lost" ? [] : consoleLines(row, failureLines, width)
        .map((line) => paint.dim(line)),
    ];
  });
}

/** What a proof had seen when it failed. */
function evidence(cell: Cell, width: number, paint: Paint): string[] {
  const figures = Object.entries(cell.evidence).map(([name, value]) =>
    `${name} ${JSON.stringify(value)}`
  );
  if (figures.length === 0) return [];
  const lines = hang("    seen: ", figures.join("; "), width);
  return clip(lines, 4, width).map((line) => paint.dim(line));
}

/** The machines that were lost, with what they took along. */
export function losses(
  rows: readonly Row[],
  width: number,
  paint: Paint,
): string[] {
  return rows.filter((row) => row.state === "lost").flatMap((row) => [
    `${paint.yellow(paint.bold("? LOST"))}  ${nameOf(row)}: ${
      extent(row.claims)
    }`,
    ...hang("  ", row.why ?? "", width),
    ...consoleLines(row, lossLines, width).map((line) => paint.dim(line)),
  ]);
}

/** The end of a console, cut to the width; the JSON report has all that was kept. */
function consoleLines(
  { console = "" }: Row,
  count: number,
  width: number,
): string[] {
  const lines = console.split("\n").map((line) => printable(line).trimEnd());
  return lines.filter((line) => line !== "").slice(-count).map((line) =>
    line.length > width - 4 ? `    ${line.slice(0, width - 5)}…` : `    ${line}`
  );
}

/** Which cells a loss took: "R5 and 3 after it", "all claims". */
function extent(cells: readonly Cell[]): string {
  const lost = cells.filter((cell) => cell.verdict === "lost");
  const [first] = lost;
  if (cells.length === 0) return "its program had not ended";
  if (first === undefined) return "every claim had ended";
  if (lost.length === cells.length) return "no claim has a verdict";
  return lost.length === 1
    ? `claim ${first.id}`
    : `claim ${first.id} and ${lost.length - 1} more`;
}

function nameOf(row: Row): string {
  const release = row.release === null ? "" : ` (${row.release})`;
  return `${row.id}${release}${row.simulated === null ? "" : ", simulated"}`;
}

/** The end of a failed program's console, where its errors went. */
export function programFailure(
  row: Row,
  width: number,
  paint: Paint,
): string[] {
  const lines = consoleLines(row, lossLines, width);
  return lines.length === 0 ? [] : [
    `${paint.red(paint.bold("✗ FAILED"))}  ${nameOf(row)}`,
    ...lines.map((line) => paint.dim(line)),
  ];
}
