/**
 * Reads a JSON report back: every other report can be made from it alone.
 *
 * @module
 */
import { UsageError } from "../../kernels/usage_error.ts";
import type { Results, Row } from "../results.ts";

/**
 * The results that a report of the schema ringside/1 holds.
 *
 * @throws {UsageError} when the file is not one, saying what it is instead.
 */
export async function readResults(path: string): Promise<Results> {
  const text = await Deno.readTextFile(path).catch((error) => {
    const cause = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : String(error.message);
    throw new UsageError(`Cannot read a report from "${path}": ${cause}`);
  });
  return parseResults(text, path);
}

/** The same of a report's text; `name` is for errors. */
export function parseResults(text: string, name: string): Results {
  const refuse = (cause: string): never => {
    throw new UsageError(`Cannot read a report from "${name}": ${cause}`);
  };
  let report: Partial<Results> & { readonly schema?: unknown };
  try {
    report = JSON.parse(text);
  } catch {
    return refuse("it is not JSON");
  }
  if (report?.schema !== "ringside/1") {
    return refuse("it is no JSON report of test:matrix, schema ringside/1");
  }
  const { started, finished, host, kernels } = report;
  if (!started || !finished || !host || !Array.isArray(kernels)) {
    return refuse("it has no started, finished, host or kernels");
  }
  const odd = kernels.findIndex((row) => !isRow(row));
  if (odd >= 0) {
    return refuse(`its kernels[${odd}] is no row: see ringside-1.schema.json`);
  }
  return { started, finished, host, kernels };
}

/** Whether a value has what every report takes for granted of a row. */
function isRow(row: Partial<Row> | null): boolean {
  return typeof row?.id === "string" && typeof row.state === "string" &&
    typeof row.timings === "object" && Array.isArray(row.claims) &&
    row.claims.every((cell) => typeof cell?.id === "string" && cell.evidence);
}
