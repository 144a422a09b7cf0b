/**
 * The claims with what each kernel did, as Markdown: docs/claims.md.
 *
 * @module
 */
import type { Question } from "../claims/questions.ts";
import type { TutorialStatement } from "../claims/statements.ts";
import type { Results, Row } from "../results.ts";
import { chapter } from "./chapter.ts";
import { anyCell, cellOf, figureOf } from "./evidence.ts";
import { shortLabel } from "./grid.ts";
import { code, plain, table } from "./markdown.ts";
import { makers } from "./maker.ts";

/** What the report knows beside the results. */
export interface Background {
  /** The chapters' names, by the letter that their claims' ids begin with. */
  readonly chapters: Readonly<Record<string, string>>;
  readonly statements: readonly TutorialStatement[];
  readonly questions: readonly Question[];
}

/** The page. It depends on nothing but its arguments. */
export function claimsReport(results: Results, about: Background): string {
  const rows = results.kernels.filter(({ claims }) => claims.length > 0);
  const parts = [
    opening(results, rows),
    tutorials(rows, about),
    settled(rows, about),
    ...Object.entries(about.chapters).map(([letter, name]) =>
      chapter(rows, letter, name)
    ),
  ];
  return parts.filter((part) => part.length > 0)
    .map((part) => `${part.join("\n")}\n`).join("\n");
}

function opening({ finished, host }: Results, rows: readonly Row[]): string[] {
  const kernels = rows.map((row) => [
    shortLabel(row),
    code(row.release ?? ""),
    code(imageOf(row)),
    plain(conditions(row)),
    row.transport ?? "",
    code(row.reason ?? ""),
  ]);
  return [
    "# The claims, kernel by kernel",
    "",
    "Made by `deno task report claims` of a JSON report that was finished on " +
    `${finished.slice(0, 10)} (QEMU ${plain(host.qemu)}, ` +
    `libbpf ${plain(host.libbpf)}, Deno ${plain(host.deno)}). Do not edit it.`,
    "",
    "✓ the claim holds · – the kernel lacks it, and refuses it as documented · " +
    "✗ it fails · ? the machine was lost · (·) left out there. `since` is documentation: the kernel " +
    "is asked, not its version.",
    "",
    ...table(
      ["kernel", "release", "image", "machine", "the SDK takes", "because"],
      kernels,
    ),
  ];
}

/** The file that was booted, which names the stable release; not where it is from. */
function imageOf({ image }: Row): string {
  return image?.from.split("/").at(-1) ?? "";
}

/** What is to be known of the machine that a kernel ran in. */
function conditions({ simulated, accel, driver }: Row): string {
  const machine = driver === "none"
    ? "on the machine itself"
    : `${makers[driver]}, ${accel}`;
  return simulated === null ? machine : `${machine}; simulated: ${simulated}`;
}

/** Every subject of the tutorials, with the claims that cover it. */
function tutorials(rows: readonly Row[], about: Background): string[] {
  const lines = about.statements.map(({ subject, said, found, claims }) => [
    plain(subject),
    plain(said),
    found,
    claims.map(link).join(", "),
    claims.flatMap((id) => {
      const right = anyCell(rows, id)?.corrects?.right;
      return right === undefined ? [] : [`${link(id)}: ${plain(right)}.`];
    }).join(" "),
  ]);
  return lines.length === 0 ? [] : [
    "## What tutorials say",
    "",
    ...table(
      ["subject", "they say", "which is", "claims", "what is right"],
      lines,
    ),
  ];
}

/** What the sources left open: a kernel's answer in each column. */
function settled(rows: readonly Row[], about: Background): string[] {
  const lines = about.questions.map((question) => [
    plain(question.asks),
    link(question.claim),
    ...rows.map((row) => answer(row, question)),
    plain(question.settled),
  ]);
  return lines.length === 0 ? [] : [
    "## What the sources left open",
    "",
    ...table(
      ["question", "claim", ...rows.map(shortLabel), "settled"],
      lines,
    ),
  ];
}

function answer(row: Row, { claim, figure }: Question): string {
  const verdict = cellOf(row, claim)?.verdict ?? "";
  if (figure === undefined || verdict !== "holds") return verdict;
  return code(figureOf(row, claim, figure));
}

function link(id: string): string {
  return `[${id}](#${id.toLowerCase()})`;
}
