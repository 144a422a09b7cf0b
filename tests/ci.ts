/**
 * The verdict of CI over unit tests, matrix and examples: prints what is wrong,
 * then one line `N passed, N failed`, and ends with 1 when anything failed.
 *
 * Usage: deno run -A tests/ci.ts MATRIX.json EXAMPLES.json JUNIT.xml…
 *
 * @module
 */
import type { Row } from "./results.ts";
import { writeOut } from "./streams.ts";

/** Rows that Debian's archive has today and the simulated one: CI is nothing without them. */
export const required = [
  "debian-5.10",
  "debian-6.1",
  "debian-6.12",
  "debian-7",
  "masked-5.10",
];

/** How many passed, and what failed, a line each. */
export interface Tally {
  readonly passed: number;
  readonly failed: readonly string[];
}

/**
 * Counts the tests of a JUnit file as `deno test` writes it. It has a case for
 * each group too, named as the beginning of its tests' names: these do not count.
 */
export function tallyTests(junit: string): Tally {
  const cases = [
    ...junit.matchAll(/<testcase\b([^>]*?)(?:\/>|>([^]*?)<\/testcase>)/g),
  ]
    .map(([, attributes = "", body = ""]) => ({
      name: /\bname="([^"]*)"/.exec(attributes)?.[1] ?? "",
      bad: /<(failure|error)\b/.test(body),
    }));
  const groups = new Set(cases.flatMap(({ name }) => beginnings(name)));
  const tests = cases.filter(({ name }) => !groups.has(name));
  if (tests.length === 0) return { passed: 0, failed: ["test: none ran"] };
  const failed = tests.filter(({ bad }) => bad).map(({ name }) =>
    `test: ${name}`
  );
  return { passed: tests.length - failed.length, failed };
}

/** "a" and "a > b" of "a > b > c", as XML writes them. */
function beginnings(name: string): string[] {
  const parts = name.split(" &gt; ");
  return parts.slice(0, -1).map((_, at) =>
    parts.slice(0, at + 1).join(" &gt; ")
  );
}

/** Counts the kernels in which the examples did well. */
export function tallyExamples(rows: readonly Row[]): Tally {
  const ran = rows.filter(({ state }) => state === "ran");
  const bad = ran.filter(({ exit }) => exit !== 0);
  const failed = bad.map(({ id, exit, console = "it printed nothing" }) =>
    `examples: fail on ${id} with exit code ${exit}:\n${
      console.replaceAll(/^/gm, "  ")
    }`
  );
  return {
    passed: ran.length - bad.length,
    failed: [...failed, ...missing("examples", rows)],
  };
}

/** Counts the cells of the matrix; a required row that did not run is a failure of its own. */
export function tallyMatrix(rows: readonly Row[]): Tally {
  const cells = rows.flatMap((row) =>
    row.claims.map((cell) => ({ row, cell }))
  );
  const good = cells.filter(({ cell }) =>
    cell.verdict === "holds" || cell.verdict === "absent"
  );
  const bad = cells.filter(({ cell }) => cell.verdict === "fails");
  const failed = bad.map(({ row, cell }) =>
    `matrix: ${cell.id} fails on ${row.id}`
  );
  return {
    passed: good.length,
    failed: [...failed, ...missing("matrix", rows)],
  };
}

/** The required rows that did not run, a line each. */
function missing(run: string, rows: readonly Row[]): string[] {
  return required.flatMap((id) => {
    const row = rows.find((row) => row.id === id);
    if (row?.state === "ran") return [];
    const how = row === undefined
      ? "is no row"
      : `is ${row.state}: ${row.why ?? ""}`;
    return [`${run}: ${id} ${how}`];
  });
}

/** Adds up, prints, and returns the exit status. */
async function main(
  [matrix = "", examples = "", ...junit]: readonly string[],
): Promise<number> {
  const tallies = [
    ...await Promise.all(junit.map((path) => read(path, tallyTests))),
    await read(matrix, (text) => tallyMatrix(JSON.parse(text).kernels)),
    await read(examples, (text) => tallyExamples(JSON.parse(text).kernels)),
  ];
  const failed = tallies.flatMap((tally) => tally.failed);
  const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
  writeOut(
    [...failed, `${passed} passed, ${failed.length} failed`, ""].join("\n"),
  );
  return failed.length > 0 ? 1 : 0;
}

/** A report that is missing or broken is a failure and no excuse. */
async function read(
  path: string,
  tally: (text: string) => Tally,
): Promise<Tally> {
  try {
    return tally(await Deno.readTextFile(path));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { passed: 0, failed: [`Cannot read the report "${path}": ${why}`] };
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
