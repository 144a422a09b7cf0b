/**
 * What the kernels said in the evidence of one claim, side by side: a figure
 * that all agree on is one reading, one that they differ in has several.
 *
 * @module
 */
import type { Json } from "../claim.ts";
import type { Cell, Row } from "../results.ts";
import { shortLabel } from "./grid.ts";

/** What some kernels said of a figure. */
export interface Reading {
  readonly text: string;
  /** Their labels, in the order of the rows. */
  readonly kernels: readonly string[];
}

/** One figure: its name in the evidence, with dots, and what was read. */
export interface Figure {
  readonly name: string;
  readonly readings: readonly Reading[];
}

/** Characters of a figure that are shown. */
const textLimit = 90;

/** More readings than this are told as a range, if they are numbers. */
const mostReadings = 3;

/** The cell of a claim on a kernel; none where the row never came to it. */
export function cellOf(row: Row, id: string): Cell | undefined {
  return row.claims.find((cell) => cell.id === id);
}

/** A cell that has a claim's sentence: any kernel's. */
export function anyCell(rows: readonly Row[], id: string): Cell | undefined {
  return rows.map((row) => cellOf(row, id)).find((cell) => cell !== undefined);
}

/** Each claim once, by any kernel's cell, in the order in which they were proved. */
export function claimsOf(rows: readonly Row[]): Cell[] {
  const claims = new Map<string, Cell>();
  for (const cell of rows.flatMap(({ claims }) => claims)) {
    if (!claims.has(cell.id)) claims.set(cell.id, cell);
  }
  return [...claims.values()];
}

/** The figures of a claim, over the kernels that it holds or fails on. */
export function figuresOf(rows: readonly Row[], id: string): Figure[] {
  const figures = new Map<string, Map<string, string[]>>();
  for (const row of rows) {
    const evidence = cellOf(row, id)?.evidence ?? {};
    for (const [name, text] of leaves(evidence, "")) {
      const readings = figures.get(name) ?? new Map<string, string[]>();
      const kernels = readings.get(text) ?? [];
      readings.set(text, [...kernels, shortLabel(row)]);
      figures.set(name, readings);
    }
  }
  return [...figures].map(([name, readings]) => ({
    name,
    readings: [...readings].map(([text, kernels]) => ({ text, kernels })),
  }));
}

/** One figure of one kernel, as text; empty where its evidence has none of this name. */
export function figureOf(row: Row, id: string, name: string): string {
  const evidence = cellOf(row, id)?.evidence ?? {};
  const found = leaves(evidence, "").find(([leaf]) => leaf === name);
  return found?.[1] ?? "";
}

/** Objects are walked, everything else is a figure. */
function leaves(value: Json, name: string): [string, string][] {
  const isObject = typeof value === "object" && value !== null &&
    !Array.isArray(value);
  if (!isObject) return [[name, written(value)]];
  return Object.entries(value).flatMap(([key, part]) =>
    leaves(part, name === "" ? key : `${name}.${key}`)
  );
}

function written(value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > textLimit ? `${text.slice(0, textLimit - 1)}…` : text;
}

/** What was read of a figure: `"0 on own-4.19; -28 on 5.10, 6.1"`, or a range. */
export function readingsText({ readings }: Figure): string {
  const [first] = readings;
  if (readings.length === 1 && first !== undefined) return first.text;
  const numbers = readings.map(({ text }) => Number(text));
  if (readings.length > mostReadings && numbers.every(Number.isFinite)) {
    return `${Math.min(...numbers)} to ${Math.max(...numbers)}`;
  }
  return readings.map(({ text, kernels }) => `${text} on ${kernels.join(", ")}`)
    .join("; ");
}
