/**
 * The claims with what each kernel did, as Markdown: docs/claims.md.
 *
 * @module
 */
import type { Question } from "../claims/questions.ts";
import type { TutorialStatement } from "../claims/statements.ts";
import type { Cell, Results, Row } from "../results.ts";
import { cellOf, figureOf, figuresOf, readingsText } from "./evidence.ts";
import { shortLabel } from "./grid.ts";
import { code, plain, table } from "./markdown.ts";

/** What the report knows beside the results. */
export interface Background {
  /** The chapters' names, by the letter that their claims' ids begin with. */
  readonly chapters: Readonly<Record<string, string>>;
  readonly statements: readonly TutorialStatement[];
  readonly questions: readonly Question[];
}

const symbols = { holds: "✓", absent: "–", fails: "**✗**", lost: "?" } as const;

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
    "✗ it fails · ? the machine was lost. `since` is documentation: the kernel " +
    "is asked, not its version.",
    "",
    ...table(
      ["kernel", "release", "machine", "the SDK takes", "because"],
      kernels,
    ),
  ];
}

/** What is to be known of the machine that a kernel ran in. */
function conditions({ simulated, accel, driver }: Row): string {
  const machine = driver === "none"
    ? "on the machine itself"
    : `QEMU, ${accel}`;
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
      const right = titleCell(rows, id)?.corrects?.right;
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

/** A chapter's table, then what is to be said of single claims. */
function chapter(rows: readonly Row[], letter: string, name: string): string[] {
  const ids = new Set(
    rows.flatMap(({ claims }) => claims.map(({ id }) => id))
      .filter((id) => id.startsWith(letter)),
  );
  const claims = [...ids].toSorted((a, b) =>
    Number(a.slice(1)) - Number(b.slice(1))
  ).flatMap((id) => titleCell(rows, id) ?? []);
  if (claims.length === 0) return [];
  const lines = claims.map(({ id, title, source, since }) => [
    `<a id="${id.toLowerCase()}"></a>${id}`,
    plain(title),
    plain(source),
    since ?? "",
    ...rows.map((row) => symbols[cellOf(row, id)?.verdict ?? "lost"]),
  ]);
  const head = ["id", "claim", "source", "since", ...rows.map(shortLabel)];
  return [
    `## ${name}`,
    "",
    ...table(head, lines),
    ...claims.flatMap((claim) => told(rows, claim)),
  ];
}

/** The correction, the reasons that are not the row's own, and where kernels differ. */
function told(rows: readonly Row[], { id, corrects }: Cell): string[] {
  const lines = [
    ...corrects === undefined ? [] : [
      `- Tutorials say: ${plain(corrects.said)}. Right is: ${
        plain(corrects.right)
      }.`,
      ...alike(rows, id),
      ...judged(rows, id),
    ],
    ...reasons(rows, id),
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

/** Figures of an emulated CPU are its emulator's: which kernels a cost was judged on. */
function judged(rows: readonly Row[], id: string): string[] {
  const figure = figuresOf(rows, id).find(({ name }) => name === "judged");
  if (figure === undefined) return [];
  const real = figure.readings.find(({ text }) => text === "true");
  const where = real?.kernels.join(", ") ?? "none of them";
  return [`- Judged on ${where}; emulated CPUs report, and are not judged`];
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

/** A cell that has the claim's sentence: any kernel's. */
function titleCell(rows: readonly Row[], id: string): Cell | undefined {
  return rows.map((row) => cellOf(row, id)).find((cell) => cell !== undefined);
}

function link(id: string): string {
  return `[${id}](#${id.toLowerCase()})`;
}
