/**
 * Opens a shared library by the first of several names that answers.
 *
 * @module
 */

import { BpfError } from "./error.ts";

/** What to try and what to say when none of it opens. */
export interface Candidates {
  /** What the library is to a reader: "libbpf". */
  readonly name: string;
  /** Paths and sonames, the preferred first. */
  readonly paths: readonly string[];
  /** What the user can do about it. */
  readonly remedy: string;
}

/** Opens the first candidate; throws a {@linkcode BpfError} that names every path tried. */
export function openLibrary<const S extends Deno.ForeignLibraryInterface>(
  candidates: Candidates,
  symbols: S,
): Deno.DynamicLibrary<S>["symbols"] {
  const tried: string[] = [];
  for (const path of candidates.paths) {
    try {
      return Deno.dlopen(path, symbols).symbols;
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      tried.push(`${path}: ${oneLine(error)}`);
    }
  }
  throw new BpfError(`open ${candidates.name}`, {
    cause: `none of these could be opened: ${tried.join("; ")}`,
    remedy: candidates.remedy,
  });
}

function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split("\n")[0] ?? "").replace("Could not open library: ", "");
}
