/**
 * Where the user's files live, by the XDG base directory specification.
 *
 * @module
 */
import { isAbsolute, join } from "node:path";
import { UsageError } from "./usage_error.ts";

/** A relative value is to be ignored, says the specification. */
function base(variable: string, fallback: string): string {
  const named = Deno.env.get(variable);
  if (named !== undefined && isAbsolute(named)) return named;
  const home = Deno.env.get("HOME");
  if (home) return join(home, fallback);
  throw new UsageError(
    `Cannot choose a folder: set ${variable} or HOME to an absolute path`,
  );
}

/** What can be had again: kernels, indexes, initramfs. */
export function cacheFolder(): string {
  return join(base("XDG_CACHE_HOME", ".cache"), "ringside");
}

/** What the user put there: own kernels. */
export function dataFolder(): string {
  return join(base("XDG_DATA_HOME", ".local/share"), "ringside");
}
