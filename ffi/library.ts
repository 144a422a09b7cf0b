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

/**
 * Opens the first candidate; throws a {@linkcode BpfError} that names every path
 * tried, or the permission that Deno was not given. A library by its bare name
 * is nothing that `--allow-ffi=PATH` could allow, nor are callbacks.
 */
export function openLibrary<const S extends Deno.ForeignLibraryInterface>(
  candidates: Candidates,
  symbols: S,
): Deno.DynamicLibrary<S>["symbols"] {
  const action = `open ${candidates.name}`;
  const tried: string[] = [];
  for (const path of candidates.paths) {
    try {
      return Deno.dlopen(path, symbols).symbols;
    } catch (error) {
      if (!allowed()) throw denied(action, "--allow-ffi", error);
      tried.push(`${path}: ${oneLine(error)}`);
    }
  }
  throw new BpfError(action, {
    cause: `none of these could be opened: ${tried.join("; ")}`,
    remedy: candidates.remedy,
  });
}

/** The error of a permission that Deno was not given. */
export function denied(
  action: string,
  flag: string,
  thrown: unknown,
): BpfError {
  return new BpfError(action, {
    cause: "Deno was not given the permission",
    remedy: `run it with ${flag}`,
    thrown,
  });
}

/** Whether any native call is allowed: paths behind the flag narrow it. */
function allowed(): boolean {
  return Deno.permissions.querySync({ name: "ffi" }).state === "granted";
}

function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split("\n")[0] ?? "").replace("Could not open library: ", "");
}
