/**
 * Reads a report of `deno task bench` back, for the pictures of the page.
 *
 * @module
 */
import { UsageError } from "../../kernels/usage_error.ts";
import schema from "../bench/ringside-bench-1.schema.json" with {
  type: "json",
};
import { misfit } from "./schema.ts";

/** What is taken of a row: schema ringside-bench/1; ns, null where nothing was had. */
export interface BenchRow {
  readonly name: string;
  readonly transport: "ring" | "perf";
  readonly bytes: number;
  readonly ours: number | null;
  readonly c: number | null;
}

/** What is taken of a report. */
export interface Bench {
  readonly host: {
    readonly kernel: string;
    readonly cpu: string;
    readonly guest?: { readonly accel: "kvm" | "tcg" };
  };
  readonly rows: readonly BenchRow[];
}

/**
 * The report in a file.
 *
 * @throws {UsageError} when the file is no such report, saying what it is instead.
 */
export async function readBench(path: string): Promise<Bench> {
  const refuse = (cause: string): never => {
    throw new UsageError(`Cannot read a bench from "${path}": ${cause}`);
  };
  const text = await Deno.readTextFile(path).catch((error) =>
    refuse(
      error instanceof Deno.errors.NotFound
        ? "there is no such file"
        : error.message,
    )
  );
  let report: Bench & { readonly schema?: unknown };
  try {
    report = JSON.parse(text);
  } catch {
    return refuse("it is not JSON");
  }
  if (report?.schema !== "ringside-bench/1") {
    return refuse("it is no JSON report of deno task bench, ringside-bench/1");
  }
  const wrong = misfit(report, schema);
  if (wrong !== undefined) {
    return refuse(`${wrong}: see ringside-bench-1.schema.json`);
  }
  const { host, rows } = report;
  return { host, rows };
}
