/**
 * The results as TAP version 14: a subtest for each kernel, a test point for
 * each claim, with a YAML block where something has to be said.
 *
 * @module
 */
import type { Results, Row } from "../results.ts";
import { type Check, checksOf } from "./checks.ts";
import { printable } from "./text.ts";

/** The report as text. */
export function tapReport({ kernels }: Results): string {
  return [
    "TAP version 14",
    `1..${kernels.length}`,
    ...kernels.flatMap((row, at) => kernel(row, at + 1)),
    "",
  ].join("\n");
}

function kernel(row: Row, number: number): string[] {
  const name = row.release === null ? row.id : `${row.id} (${row.release})`;
  if (row.state === "unavailable") {
    return [point("ok", number, name, `SKIP ${row.why}`)];
  }
  const checks = checksOf(row);
  const good = checks.every(isGood) ? "ok" : "not ok";
  return [
    `# Subtest: ${described(name)}`,
    ...[
      `1..${checks.length}`,
      ...checks.flatMap((check, at) => test(check, at + 1, row)),
    ].map((line) => `    ${line}`),
    point(good, number, name),
  ];
}

function test(check: Check, number: number, row: Row): string[] {
  const { name, outcome, why = "" } = check;
  if (outcome === "absent") return [point("ok", number, name, `SKIP ${why}`)];
  if (outcome === "holds") return [point("ok", number, name)];
  return [point("not ok", number, name), ...diagnosis(check, row)];
}

/** What JSON writes is YAML too. */
function diagnosis({ outcome, why, ms, evidence }: Check, row: Row): string[] {
  const console = row.console?.split("\n").slice(-12).join("\n");
  const values = { verdict: outcome, why, duration_ms: ms, evidence, console };
  return [
    "---",
    ...Object.entries(values).filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
    "...",
  ].map((line) => `  ${line}`);
}

function point(
  word: "ok" | "not ok",
  number: number,
  name: string,
  directive?: string,
): string {
  const told = directive === undefined ? "" : ` # ${oneLine(directive)}`;
  return `${word} ${number} - ${described(name)}${told}`;
}

/** A description: number signs would begin a directive. */
function described(text: string): string {
  return oneLine(text).replaceAll(/[\\#]/g, (mark) => `\\${mark}`);
}

function oneLine(text: string): string {
  return printable(text).trim().replaceAll(/\s+/g, " ");
}

function isGood({ outcome }: Check): boolean {
  return outcome === "holds" || outcome === "absent";
}
