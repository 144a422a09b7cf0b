/**
 * The results as JUnit XML, in the shape that Jenkins publishes and that other
 * readers take: a suite for each kernel, a case for each claim. Absent is
 * skipped with its reason, a lost machine is an error, a failed claim a failure.
 *
 * @module
 */
import type { Results, Row } from "../results.ts";
import { type Check, checksOf } from "./checks.ts";
import { element, textElement } from "./xml.ts";

/** Characters of a message; the text below it has all. */
const messageLimit = 300;

/** The report as text. */
export function junitReport({ kernels, started, finished }: Results): string {
  const checks = kernels.flatMap(checksOf);
  const suites = kernels.map((row) => suite(row, started));
  const root = element("testsuites", {
    name: "ringside",
    tests: checks.length,
    failures: count(checks, "fails"),
    errors: count(checks, "lost"),
    time: seconds(Date.parse(finished) - Date.parse(started)),
  }, suites);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

function suite(row: Row, started: string): string {
  const checks = checksOf(row);
  const { bootMs, runMs } = row.timings;
  return element("testsuite", {
    name: row.id,
    tests: checks.length,
    failures: count(checks, "fails"),
    errors: count(checks, "lost"),
    skipped: count(checks, "absent"),
    time: seconds(bootMs + runMs),
    timestamp: started.replace(/(\.\d+)?Z$/, ""),
  }, [
    element("properties", {}, properties(row)),
    ...checks.map((check) => testcase(row, check)),
    ...row.console === undefined
      ? []
      : [textElement("system-out", {}, row.console)],
  ]);
}

function properties(row: Row): string[] {
  const { label, release, arch, accel, transport, reason, simulated } = row;
  const values = { label, release, arch, accel, transport, reason, simulated };
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === null
      ? []
      : [element("property", { name, value })]
  );
}

function testcase(row: Row, check: Check): string {
  // Readers take a dot for the end of a package's name.
  const classname = row.id.replaceAll(".", "_");
  const { name, ms } = check;
  const time = seconds(ms);
  return element("testcase", { name, classname, time }, [
    ...outcome(check),
    ...evidence(check),
  ]);
}

function outcome({ outcome, why = "" }: Check): string[] {
  const line = why.trim().replaceAll(/\s+/g, " ");
  const message = line.length > messageLimit
    ? `${line.slice(0, messageLimit - 1)}…`
    : line;
  switch (outcome) {
    case "holds":
      return [];
    case "absent":
      return [element("skipped", { message })];
    case "fails":
      return [textElement("failure", { message, type: "fails" }, why)];
    case "lost":
      return [textElement("error", { message, type: "lost" }, why)];
  }
}

function evidence({ evidence }: Check): string[] {
  const text = JSON.stringify(evidence);
  return text === "{}" ? [] : [textElement("system-out", {}, text)];
}

function count(checks: readonly Check[], outcome: Check["outcome"]): number {
  return checks.filter((check) => check.outcome === outcome).length;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
