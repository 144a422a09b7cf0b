/**
 * The reports that a run is asked for: `FORMAT=PATH`, checked before the run,
 * written behind it.
 *
 * @module
 */
import { UsageError } from "../../kernels/usage_error.ts";
import type { Results } from "../results.ts";
import { checkTarget, writeWhole } from "./file.ts";
import { type FormatName, formats, isFormat } from "./formats.ts";

/** A report to be written. */
export interface ReportTarget {
  readonly format: FormatName;
  readonly path: string;
}

/** `"json|junit|…=PATH"`: what a target looks like. */
export const targetShape = `${Object.keys(formats).join("|")}=PATH`;

/** The target that a word of the command line names; undefined when it names none. */
export function parseTarget(word: string): ReportTarget | undefined {
  const at = word.indexOf("=");
  const [format, path] = [word.slice(0, at), word.slice(at + 1)];
  if (at < 0 || path === "" || !isFormat(format)) return undefined;
  return { format, path };
}

/**
 * Checks that every report can be written, each to a file of its own.
 *
 * @throws {UsageError} naming the first that cannot, and why.
 */
export async function checkTargets(
  targets: readonly ReportTarget[],
): Promise<void> {
  const files = new Set<string>();
  for (const { path } of targets) {
    const place = await checkTarget(path);
    if (place.is !== "file") continue;
    if (files.has(place.path)) {
      throw new UsageError(
        `Cannot write two reports to "${path}": name another file for one of them`,
      );
    }
    files.add(place.path);
  }
}

/** Shows what came of a run and writes its reports, either whatever becomes of the other. */
export async function showAndWrite(
  show: () => void,
  ...reports: Parameters<typeof writeReports>
): Promise<void> {
  try {
    show();
  } finally {
    await writeReports(...reports);
  }
}

/**
 * Writes the reports, those of data first: what can be made again is lost more lightly.
 *
 * @param before the results of an earlier run, to be compared with.
 * @throws {Error} with a line for each that could not be made or written, behind all that could.
 */
export async function writeReports(
  targets: readonly ReportTarget[],
  results: Results,
  before?: Results,
): Promise<void> {
  const order: readonly string[] = Object.keys(formats);
  const sorted = targets.toSorted((a, b) =>
    order.indexOf(a.format) - order.indexOf(b.format)
  );
  const failures: string[] = [];
  for (const { format, path } of sorted) {
    const text = Promise.try(formats[format].write, results, before);
    await writeWhole(path, text).catch(({ message }) => failures.push(message));
  }
  if (failures.length > 0) throw new Error(failures.join("\n"));
}
