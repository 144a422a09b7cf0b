/**
 * The matrix itself: a line or two for each claim, a column for each kernel
 * that ran. Cells are words where there is room and symbols with a legend where
 * there is not; colour only repeats what the symbol says.
 *
 * @module
 */
import type { Outcome, Row } from "../results.ts";
import type { Paint } from "./paper.ts";
import { clip, margins, wrap } from "./text.ts";

/** What stands for an outcome. Failures shout. */
const marks: Readonly<
  Record<Outcome, { symbol: string; word: string; legend: string }>
> = {
  holds: { symbol: "✓", word: "holds", legend: "the claim holds" },
  absent: {
    symbol: "–",
    word: "absent",
    legend: "the kernel lacks it, and refuses it as documented",
  },
  fails: { symbol: "✗", word: "FAILS", legend: "the claim fails" },
  lost: {
    symbol: "?",
    word: "lost",
    legend: "the machine was lost, which says nothing of the claim",
  },
};

/** How the columns may be set: the first that leaves the sentences their least width is taken. */
const settings = [
  { words: true, gap: 2, leastTitle: 36 },
  { words: false, gap: 2, leastTitle: 24 },
  { words: false, gap: 1, leastTitle: 0 },
] as const;

/** A sentence in a longer line is hard to follow. */
const mostTitle = 76;

interface Layout {
  readonly words: boolean;
  readonly gap: number;
  readonly ids: number;
  readonly title: number;
  /** Width of each column, without the gap before it. */
  readonly columns: readonly number[];
}

/** The lines of the matrix; none when no kernel ran. */
export function grid(
  rows: readonly Row[],
  width: number,
  paint: Paint,
): string[] {
  const shown = rows.filter((row) => row.claims.length > 0);
  const claims = shown[0]?.claims ?? [];
  if (claims.length === 0) return [];
  const layout = lay(shown, width);
  return [
    ...header(shown, layout, paint),
    ...claims.flatMap((_, at) => line(shown, at, layout, paint)),
    "",
    ...legend(shown, paint),
  ];
}

/** A kernel's label in a column: its id, without the distribution that most have. */
export function shortLabel(row: Row): string {
  return row.id.replace(/^debian-/, "");
}

function lay(rows: readonly Row[], width: number): Layout {
  const cells = rows[0]?.claims ?? [];
  const ids = Math.max(...cells.map((cell) => cell.id.length)) + 2;
  const longest = Math.min(
    mostTitle,
    Math.max(...cells.map((cell) => cell.title.length)),
  );
  const layouts = settings.map(({ words, gap, leastTitle }) => {
    const cell = words ? "– absent".length : 1;
    const columns = rows.map((row) =>
      Math.max(cell, ...headings(row).map((h) => h.length))
    );
    const taken = ids + columns.reduce((sum, column) => sum + gap + column, 0);
    const title = Math.min(longest, Math.max(12, width - taken));
    return {
      words,
      gap,
      ids,
      title,
      columns,
      fits: title >= Math.min(longest, leastTitle),
    };
  });
  return layouts.find((layout) => layout.fits) as Layout; // the last one always does
}

/** A column's heading, in as many lines as its label has parts; simulated kernels say so. */
function headings(row: Row): string[] {
  const parts = shortLabel(row).split("-");
  return row.simulated === null ? parts : [...parts, "(sim)"];
}

function header(rows: readonly Row[], layout: Layout, paint: Paint): string[] {
  const heads = rows.map(headings);
  const height = Math.max(...heads.map((head) => head.length));
  const left = " ".repeat(layout.ids + layout.title);
  return Array.from({ length: height }, (_, at) => {
    // Headings stand on the matrix: short ones leave the upper lines free.
    const cells = heads.map((head) => head[at - height + head.length] ?? "");
    return inColumns(left, cells, layout, (text) => paint.bold(text));
  });
}

function line(
  rows: readonly Row[],
  at: number,
  layout: Layout,
  paint: Paint,
): string[] {
  const claim = rows[0]?.claims[at];
  if (claim === undefined) return [];
  const [first = "", ...others] = clip(
    wrap(claim.title, layout.title),
    2,
    layout.title,
  );
  const verdicts = rows.map((row) => row.claims[at]?.verdict ?? "lost");
  const left = paint.bold(claim.id.padEnd(layout.ids)) +
    first.padEnd(layout.title);
  const cells = verdicts.map((verdict) => {
    const { symbol, word } = marks[verdict];
    return layout.words ? `${symbol} ${word}` : symbol;
  });
  const colour = (text: string, column: number): string =>
    painted(verdicts[column] ?? "lost", text, paint);
  return [
    inColumns(left, cells, layout, colour),
    ...others.map((other) => " ".repeat(layout.ids) + other),
  ];
}

/** A line of cells: words begin together, symbols stand in the middle; blanks stay unpainted. */
function inColumns(
  left: string,
  cells: readonly string[],
  { words, gap, columns }: Layout,
  colour: (text: string, column: number) => string,
): string {
  const placed = cells.map((text, column) => {
    const width = columns[column] ?? 0;
    const [before, after] = words
      ? ["", " ".repeat(Math.max(0, width - text.length))]
      : margins(text.length, width);
    return " ".repeat(gap) + before +
      (text === "" ? "" : colour(text, column)) + after;
  });
  return (left + placed.join("")).trimEnd();
}

function painted(verdict: Outcome, text: string, paint: Paint): string {
  switch (verdict) {
    case "holds":
      return paint.green(text);
    case "absent":
      return paint.dim(text);
    case "fails":
      return paint.red(paint.bold(text));
    case "lost":
      return paint.yellow(text);
  }
}

/** What the symbols mean that occur, and why a kernel is called simulated. */
function legend(rows: readonly Row[], paint: Paint): string[] {
  const seen = new Set(
    rows.flatMap((row) => row.claims.map((cell) => cell.verdict)),
  );
  const outcomes = (Object.keys(marks) as Outcome[]).filter((outcome) =>
    seen.has(outcome)
  );
  const simulated = rows.filter((row) => row.simulated !== null);
  return [
    ...outcomes.map((outcome) => {
      const { symbol, word, legend } = marks[outcome];
      const mark = `${symbol} ${word}`;
      return painted(outcome, mark, paint) + " ".repeat(10 - mark.length) +
        legend;
    }),
    ...simulated.map((row) =>
      `(sim)     ${shortLabel(row)} is simulated: ${row.simulated}`
    ),
  ];
}
