/**
 * Reads a JSON report back: every other report can be made from it alone.
 *
 * @module
 */
import { UsageError } from "../../kernels/usage_error.ts";
import type { Results } from "../results.ts";
import { deepest, isDeep } from "../wire.ts";
import schema from "./ringside-1.schema.json" with { type: "json" };
import { misfit } from "./schema.ts";

/** How deep a cell's evidence lies: kernels, a row, claims, a cell, evidence. */
const evidenceAt = 5;

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
  let report: Results & { readonly schema?: unknown };
  try {
    report = JSON.parse(text);
  } catch {
    return refuse("it is not JSON");
  }
  if (report?.schema !== "ringside/1") {
    return refuse("it is no JSON report of test:matrix, schema ringside/1");
  }
  if (isDeep(report, evidenceAt + deepest)) {
    return refuse("it is deeper than any evidence may be");
  }
  const wrong = misfit(report, schema);
  if (wrong !== undefined) {
    return refuse(`${wrong}: see ringside-1.schema.json`);
  }
  const { started, finished, host, kernels } = report;
  return { started, finished, host, kernels };
}
