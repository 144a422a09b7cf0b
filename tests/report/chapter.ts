/**
 * One chapter of the claims, as Markdown: a table, and what is to be said of
 * single claims.
 *
 * @module
 */
import type { Cell, Row } from "../results.ts";
import { anyCell, cellOf, figuresOf, readingsText } from "./evidence.ts";
import { shortLabel } from "./grid.ts";
import { code, plain, table } from "./markdown.ts";

const symbols = { holds: "✓", absent: "–", fails: "**✗**", lost: "?" } as const;

/** A chapter's table, then what is to be said of single claims. */
export function chapter(
  rows: readonly Row[],
  letter: string,
  name: string,
): string[] {
  const ids = new Set(
    rows.flatMap(({ claims }) => claims.map(({ id }) => id))
      .filter((id) => id.startsWith(letter)),
  );
  const claims = [...ids].toSorted((a, b) =>
    Number(a.slice(1)) - Number(b.slice(1))
  ).flatMap((id) => anyCell(rows, id) ?? []);
  if (claims.length === 0) return [];
  const lines = claims.map(({ id, title, source, since }) => [
    `<a id="${id.toLowerCase()}"></a>${id}`,
    plain(title),
    plain(source),
    since ?? "",
    ...rows.map((row) => symbolOf(cellOf(row, id))),
  ]);
  const head = ["id", "claim", "source", "since", ...rows.map(shortLabel)];
  return [
    `## ${name}`,
    "",
    ...table(head, lines),
    ...claims.flatMap((claim) => told(rows, claim)),
  ];
}

/** What stands for a cell; a claim may be left out on a running machine. */
function symbolOf(cell: Cell | undefined): string {
  return cell === undefined ? "(·)" : symbols[cell.verdict];
}

/** The correction, the reasons that are not the row's own, and where kernels differ. */
function told(all: readonly Row[], { id, corrects }: Cell): string[] {
  const judges = all.filter((row) => cellOf(row, id)?.evidence.judged === true);
  const rows = judges.length > 0 ? judges : all;
  const lines = [
    ...corrects === undefined ? [] : [
      `- Tutorials say: ${plain(corrects.said)}. Right is: ${
        plain(corrects.right)
      }.`,
    ],
    ...corrects === undefined && judges.length === 0 ? [] : alike(rows, id),
    ...judged(judges, all, id),
    ...reasons(all, id),
    ...figuresOf(rows, id).filter(({ readings }) => readings.length > 1)
      .map((figure) =>
        `- ${plain(figure.name)}: ${code(readingsText(figure))}`
      ),
  ];
  return lines.length === 0 ? [] : ["", `**${id}**`, "", ...lines];
}

/** What all kernels showed that had anything to show. */
function alike(rows: readonly Row[], id: string): string[] {
  const same = figuresOf(rows, id).filter(({ readings }) =>
    readings.length === 1
  );
  if (same.length === 0) return [];
  const figures = same.map((figure) =>
    `${plain(figure.name)} ${code(readingsText(figure))}`
  );
  return [`- Seen: ${figures.join(", ")}`];
}

/** Of a cost, whose figures are told: those of emulated CPUs are their emulator's. */
function judged(
  judges: readonly Row[],
  all: readonly Row[],
  id: string,
): string[] {
  const isCost = all.some((row) =>
    cellOf(row, id)?.evidence.judged !== undefined
  );
  if (!isCost) return [];
  const where = judges.map(shortLabel).join(", ");
  return where === ""
    ? ["- Reported, not judged: the figures are those of emulated CPUs"]
    : [
      `- Judged on ${where}, whose figures these are; emulated CPUs are not judged`,
    ];
}

/** Why it is absent or fails, where that is not just the missing ring. */
function reasons(rows: readonly Row[], id: string): string[] {
  const whys = new Map<string, string[]>();
  for (const row of rows) {
    const { verdict, why } = cellOf(row, id) ?? {};
    if (why === undefined || why === row.reason) continue;
    const key = `${verdict}: ${code(why)}`;
    whys.set(key, [...whys.get(key) ?? [], shortLabel(row)]);
  }
  return [...whys].map(([why, kernels]) => `- ${kernels.join(", ")} ${why}`);
}
