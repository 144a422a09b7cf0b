/**
 * The results as Markdown for the page of a CI run: what is wrong first, then
 * the matrix, then the kernels, with the consoles folded. GitHub refuses a step
 * summary of more than 1 MiB as a whole, so this one never is.
 *
 * @module
 */
import {
  type Cell,
  type Outcome,
  type Results,
  type Row,
  summarize,
} from "../results.ts";
import { compare } from "./compare.ts";
import { differenceParts } from "./difference.ts";
import { cellOf, claimsOf } from "./evidence.ts";
import { shortLabel } from "./grid.ts";
import { code, plain, table } from "./markdown.ts";
import { printable } from "./text.ts";
import { makers } from "./maker.ts";

/** Bytes of a step summary that GitHub takes. */
const mostBytes = 1 << 20;
/** Lines of a console that are shown folded. */
const consoleLines = 200;
/** Characters of a cell's evidence that are shown. */
const evidenceLimit = 2000;

const symbols: Readonly<Record<Outcome, string>> = {
  holds: "✅",
  absent: "➖",
  fails: "❌",
  lost: "❔",
};

/** The report as text; what differs from `before` comes first. */
export function summaryReport(results: Results, before?: Results): string {
  const { kernels } = results;
  return bounded([
    ...before === undefined ? [] : differenceParts(compare(before, results)),
    headline(results),
    ...failures(kernels),
    ...losses(kernels),
    matrix(kernels),
    kernelTable(kernels),
    ...kernels.filter(({ state }) => state !== "lost").flatMap(consoleOf),
  ]);
}

function headline({ kernels, started, finished, host }: Results): string {
  const { holds, absent, fails, lost, unavailable } = summarize(kernels);
  const seconds = (Date.parse(finished) - Date.parse(started)) / 1000;
  const ran = kernels.length - unavailable;
  return [
    `## Ringside: ${ran} ${ran === 1 ? "kernel" : "kernels"}, ` +
    (fails > 0 ? `**${fails} FAILS**` : "all as promised") +
    (lost > 0 ? `, **${lost} lost**` : ""),
    "",
    `${symbols.holds} ${holds} hold · ${symbols.absent} ${absent} absent, ` +
    `refused as documented · ${symbols.fails} ${fails} fail · ` +
    `${symbols.lost} ${lost} lost with their machine · ` +
    `${unavailable} kernels unavailable · ${Math.round(seconds)} s, ` +
    `QEMU ${plain(host.qemu)}, libbpf ${plain(host.libbpf)}, ` +
    `Deno ${plain(host.deno)}`,
  ].join("\n");
}

function failures(rows: readonly Row[]): string[] {
  return rows.flatMap((row) => [
    ...programFailure(row),
    ...row.claims.filter(({ verdict }) => verdict === "fails").map((cell) =>
      [
        `### ${symbols.fails} ${cell.id} fails on ${nameOf(row)}`,
        "",
        `${plain(cell.title)}.`,
        "",
        fenced(cell.why ?? ""),
        ...evidenceOf(cell.evidence),
      ].join("\n")
    ),
  ]);
}

function programFailure(row: Row): string[] {
  return (row.exit ?? 0) === 0
    ? []
    : [`### ${symbols.fails} Exit code ${row.exit} on ${nameOf(row)}`];
}

function evidenceOf(evidence: object): string[] {
  const text = JSON.stringify(evidence);
  return text === "{}" ? [] : ["", `Seen: ${code(cut(text, evidenceLimit))}`];
}

function losses(rows: readonly Row[]): string[] {
  return rows.filter(({ state }) => state === "lost").map((row) =>
    [
      `### ${symbols.lost} ${nameOf(row)} was lost`,
      "",
      plain(row.why ?? ""),
      ...consoleOf(row).flatMap((part) => ["", part]),
    ].join("\n")
  );
}

function matrix(rows: readonly Row[]): string {
  const ran = rows.filter(({ claims }) => claims.length > 0);
  const head = ["", "claim", ...ran.map(shortLabel)];
  const lines = claimsOf(ran).map(({ id, title }) => [
    id,
    plain(title),
    ...ran.map((row) => symbolOf(cellOf(row, id))),
  ]);
  return lines.length === 0 ? "" : table(head, lines).join("\n");
}

/** A claim that was left out on a kernel has no cell there. */
function symbolOf(cell: Cell | undefined): string {
  return cell === undefined ? "·" : symbols[cell.verdict];
}

function kernelTable(rows: readonly Row[]): string {
  const head = ["kernel", "release", "machine", "transport", "boot", "claims"];
  return [
    "### Kernels",
    "",
    ...table(
      head,
      rows.map((row) => [
        plain(row.id),
        code(row.release ?? ""),
        plain(machine(row)),
        row.transport === undefined
          ? ""
          : `${row.transport}: ${plain(row.reason ?? "")}`,
        seconds(row.timings.bootMs),
        seconds(row.timings.runMs),
      ]),
    ),
  ].join("\n");
}

function machine(row: Row): string {
  if (row.state === "unavailable") return `unavailable: ${row.why}`;
  const simulated = row.simulated === null
    ? ""
    : `; simulated: ${row.simulated}`;
  return row.driver === "none"
    ? `this machine${simulated}`
    : `${makers[row.driver]} ${row.accel}, ${row.cpus} CPUs${simulated}`;
}

/** A console's end, folded. */
function consoleOf(row: Row): string[] {
  if (row.console === undefined) return [];
  const lines = row.console.trimEnd().split("\n").slice(-consoleLines);
  return [[
    "<details>",
    `<summary>Console of ${
      plain(row.id)
    }: its last ${lines.length} lines</summary>`,
    "",
    fenced(lines.join("\n")),
    "",
    "</details>",
  ].join("\n")];
}

/** Text as it is, in a fence longer than any in it. */
function fenced(text: string): string {
  const runs = text.match(/`{3,}/g) ?? [];
  const fence = "`".repeat(Math.max(2, ...runs.map((run) => run.length)) + 1);
  return `${fence}\n${printable(text).trimEnd()}\n${fence}`;
}

/** As many parts as there is room for; what is left out is told. */
function bounded(parts: readonly string[]): string {
  const bytes = (text: string): number => new TextEncoder().encode(text).length;
  const left = "\n… more was left out here: the JSON report has it all.\n";
  let text = "";
  let room = mostBytes - bytes(left);
  let isWhole = true;
  for (const part of parts.filter((part) => part !== "")) {
    const more = `${text === "" ? "" : "\n"}${part}\n`;
    const size = bytes(more);
    if (size > room) {
      isWhole = false;
      continue;
    }
    text += more;
    room -= size;
  }
  return isWhole ? text : text + left;
}

function nameOf(row: Row): string {
  return row.release === null
    ? plain(row.id)
    : `${plain(row.id)} (${plain(row.release)})`;
}

function seconds(ms: number): string {
  return ms === 0 ? "" : `${(ms / 1000).toFixed(1)} s`;
}

function cut(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}
