/**
 * Rows by what the command line says: ids, globs, `LABEL=PATH` and
 * `LABEL=URL#sha256=HEX`.
 *
 * @module
 */
import { resolve } from "node:path";
import { arches, hostArch } from "./arch.ts";
import { checkFile } from "./file_source.ts";
import { NotAnImage } from "./image.ts";
import type { Kernel, Named, Source } from "./kernel.ts";
import { didYouMean } from "./nearest.ts";
import { parseUrlSource } from "./url_source.ts";
import { UsageError } from "./usage_error.ts";

/** What helps say of a glob: {@linkcode matchesGlob}. */
export const globHelp =
  "In a GLOB, * is any run of letters and ? any one letter; put it in quotes.";

/** Whether `pattern` may name more than one row; what stands behind a `=` is no glob. */
export function isGlob(pattern: string): boolean {
  return /^[^=]*[*?]/.test(pattern);
}

/** Whether `text` is as `glob` says, where `*` is any run of letters and `?` any one letter. */
export function matchesGlob(text: string, glob: string): boolean {
  const [letters, marks] = [[...text], [...glob]];
  // Where the last star stood, and how much of the text it has taken.
  let [star, taken] = [-1, 0];
  let [at, mark] = [0, 0];
  while (at < letters.length) {
    if (marks[mark] === "*") {
      [star, taken] = [mark++, at];
    } else if (marks[mark] === "?" || marks[mark] === letters[at]) {
      at++;
      mark++;
    } else if (star >= 0) {
      [at, mark] = [++taken, star + 1];
    } else {
      return false;
    }
  }
  return marks.slice(mark).every((one) => one === "*");
}

/** Why a row runs only where it is named, if so: another processor is emulated, which is slow. */
export function whyNamedOnly({ arch = hostArch }: Kernel): string | undefined {
  if (arch === hostArch) return undefined;
  return `${arches[arch].label} is emulated here: runs where it is named`;
}

/** The rows of this machine's processor; where there are none, these are meant. */
function nativeFirst(rows: readonly Kernel[]): readonly Kernel[] {
  const own = rows.filter((kernel) => whyNamedOnly(kernel) === undefined);
  return own.length > 0 ? own : rows;
}

/** The rows whose ids are as `pattern` says. Throws {@link UsageError} when there is none. */
export function rowsNamed<Row extends Named>(
  pattern: string,
  all: readonly Row[],
  otherwise = "",
): Row[] {
  const found = all.filter((row) => matchesGlob(row.id, pattern));
  if (found.length > 0) return found;
  const ids = all.map((row) => row.id);
  const hint = didYouMean(pattern.replaceAll(/[*?]/g, ""), ids) ||
    `; there are ${ids.join(", ")}`;
  throw new UsageError(`Unknown kernel "${pattern}"${hint}${otherwise}`);
}

function byPattern(
  pattern: string,
  all: readonly Kernel[],
): readonly Kernel[] {
  const otherwise = ", or give an image as LABEL=PATH";
  return nativeFirst(rowsNamed(pattern, all, otherwise));
}

function reason(error: unknown): string {
  if (error instanceof NotAnImage) return `it ${error.message}`;
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.PermissionDenied) {
    return "it may not be read";
  }
  return error instanceof Error ? error.message : String(error);
}

const sorts =
  "a bzImage, vmlinuz, Image, vmlinux, .deb, .rpm or a kernel's build";

function fileSource(label: string, file: string): Source {
  const path = resolve(file);
  try {
    checkFile(path);
  } catch (error) {
    throw new UsageError(
      `Cannot take ${path} as kernel "${label}": ${
        reason(error)
      }; give ${sorts}`,
    );
  }
  return { kind: "file", path };
}

/** Every table of a report has it, and `add` calls a folder so. */
const longestLabel = 60;

/** What is wrong with a label, and what to use; nothing where it is good. */
export function wrongLabel(label: string): string | undefined {
  if (!/^\w[\w.+~-]*$/.test(label)) {
    return "use letters, digits and any of . _ + ~ -, the first a letter, a digit or _";
  }
  if (label.length <= longestLabel) return undefined;
  return `it has ${label.length} characters, use ${longestLabel} at most`;
}

/** The row that `LABEL=PATH` or `LABEL=URL#sha256=HEX` names. Throws {@link UsageError}. */
export function namedKernel(label: string, at: string): Kernel {
  const named = `${label}=${at}`;
  const wrong = wrongLabel(label);
  if (wrong !== undefined) {
    const shown = label.length > longestLabel
      ? ` "${label.slice(0, 20)}…"`
      : ` in "${named}"`;
    throw new UsageError(`Bad label${shown}: ${wrong}`);
  }
  if (at === "") {
    throw new UsageError(`No file in "${named}": give an image as LABEL=PATH`);
  }
  const source = /^https?:\/\//.test(at)
    ? parseUrlSource(at)
    : fileSource(label, at);
  return { id: label, label, source, cmdline: [] };
}

/** Two rows of one name would be one row in every report. */
function add(rows: Map<string, Kernel>, kernel: Kernel): void {
  const { source } = rows.get(kernel.id) ?? kernel;
  const same = JSON.stringify(source) === JSON.stringify(kernel.source);
  if (!same) {
    throw new UsageError(
      `Kernel "${kernel.id}" is named twice: give each its own label`,
    );
  }
  rows.set(kernel.id, kernel);
}

/**
 * The rows that `patterns` name, each once, in the order of the patterns; all
 * rows where there are no patterns. Of another processor's rows only those that
 * a pattern names and no others: `*-arm64`, not `debian-*`. Throws {@link UsageError}.
 */
export function selectKernels(
  patterns: readonly string[],
  all: readonly Kernel[],
): Kernel[] {
  if (patterns.length === 0) return [...nativeFirst(all)];
  const rows = new Map<string, Kernel>();
  for (const pattern of patterns) {
    const equals = pattern.indexOf("=");
    const named = equals < 0
      ? byPattern(pattern, all)
      : [namedKernel(pattern.slice(0, equals), pattern.slice(equals + 1))];
    for (const kernel of named) add(rows, kernel);
  }
  return [...rows.values()];
}
