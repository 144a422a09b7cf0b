/**
 * Marks: a claim's id in brackets behind the sentence that the claim proves,
 * `[R3]`. On GitHub it is a link to docs/claims.md, by the definitions at the
 * text's end; on the site it tells what became of the claim in the latest run.
 *
 * @module
 */
import type { Row } from "../results.ts";
import { cellOf } from "../report/evidence.ts";
import { shortLabel } from "../report/grid.ts";

/** A mark, and the sentence that it stands behind. */
export interface Mark {
  readonly id: string;
  /** Its line in the text, from 1 on. */
  readonly line: number;
  readonly sentence: string;
}

/** What became of a claim, by the labels of the kernels. */
export interface Proof {
  readonly id: string;
  /** The claim's sentence. */
  readonly title: string;
  readonly holds: readonly string[];
  /** Where the kernel lacks it and refuses it as documented. */
  readonly absent: readonly string[];
  /** Why it is wrong to stand behind it: it fails, or nobody saw it hold. */
  readonly doubt?: string;
}

const markPattern = /\[([A-Z]\d+)\](?![[(:])/g;

/** The text without its blocks of code, whose lines stay, empty. */
function withoutCode(text: string): string {
  return text.replaceAll(
    /^```[^]*?^```$/gm,
    (block) => block.replaceAll(/[^\n]/g, ""),
  );
}

/** Every mark of a text in Markdown, in its order. */
export function marksOf(text: string): Mark[] {
  const prose = withoutCode(text);
  return [...prose.matchAll(markPattern)].map((
    { 0: all, 1: id = "", index },
  ) => ({
    id,
    line: prose.slice(0, index).split("\n").length,
    sentence: sentenceAt(prose, index + all.length),
  }));
}

/** The sentence of a paragraph, or the line of a table, up to the mark that ends there. */
function sentenceAt(prose: string, end: number): string {
  const before = prose.slice(0, end);
  const begin = Math.max(
    ...["\n\n", "\n- ", "\n| "].map((gap) => before.lastIndexOf(gap)),
    ...[...before.slice(0, -4).matchAll(/[.!?:)] (?=[A-Z`])/g)]
      .map(({ index }) => index + 1),
  );
  return before.slice(begin).replaceAll(/\s+/g, " ").replace(/^[ |-]+/, "")
    .replace(/ \(?(\[\w+\],? ?)+$/, "");
}

/** What became of a claim in a run. */
export function proofOf(rows: readonly Row[], id: string): Proof {
  const cells = rows.flatMap((row) => {
    const cell = cellOf(row, id);
    return cell === undefined ? [] : [{ label: shortLabel(row), cell }];
  });
  const by = (verdict: string): string[] =>
    cells.filter(({ cell }) => cell.verdict === verdict)
      .map(({ label }) => label);
  const [holds, absent, fails] = [by("holds"), by("absent"), by("fails")];
  const doubt = fails.length > 0
    ? `${id} fails on ${fails.join(", ")}`
    : holds.length === 0
    ? `${id} holds on no kernel of this run`
    : undefined;
  const title = cells[0]?.cell.title ?? "";
  return {
    id,
    title,
    holds,
    absent,
    ...(doubt === undefined ? {} : { doubt }),
  };
}

/** The sentences of a text that a claim refutes or nobody proved, a line each. */
export function untrue(
  text: string,
  path: string,
  rows: readonly Row[],
): string[] {
  return marksOf(text).flatMap(({ id, line, sentence }) => {
    const { doubt } = proofOf(rows, id);
    return doubt === undefined
      ? []
      : [`${path}:${line}: ${doubt}: ${sentence}`];
  });
}

/** What became of each claim that a text has a mark of. */
export function proofsOf(
  text: string,
  rows: readonly Row[],
): ReadonlyMap<string, Proof> {
  return new Map(marksOf(text).map(({ id }) => [id, proofOf(rows, id)]));
}

/** What a mark's links lead to: a line for each claim, in the claims' own order. */
export function definitions(
  text: string,
  order: readonly string[],
): string[] {
  const marked = new Set(marksOf(text).map(({ id }) => id));
  return order.filter((id) => marked.has(id))
    .map((id) => `[${id}]: claims.md#${id.toLowerCase()}`);
}
