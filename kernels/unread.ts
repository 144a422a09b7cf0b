/**
 * What is there and cannot be read: nobody knows whether it is whole.
 *
 * @module
 */
import { dirname } from "node:path";
import { Unavailable } from "./kernel.ts";
import { systemWords } from "./system_words.ts";

/** Thrown where the system does not let a file be read; its message says what to do. */
export class Unread extends Unavailable {
  constructor(path: string, readonly why: string, readonly wayOut: string) {
    super(`Cannot read ${path}: ${why}; ${wayOut}`);
  }
}

/** What the system said against reading the file at `path`; what is no such error as it is. */
export function unread(
  error: unknown,
  path: string,
  otherwise: string,
): unknown {
  const isSystems = error instanceof Error && "code" in error &&
    /^E[A-Z\d]+$/.test(String(error.code));
  if (!isSystems) return error;
  const wayOut = error instanceof Deno.errors.PermissionDenied
    ? `let your user read what is in ${dirname(path)}`
    : otherwise;
  return new Unread(path, systemWords(error), wayOut);
}

/** What is read of the cache's file at `path`. Throws {@link Unread}. */
export async function readable<T>(
  path: string,
  reading: Promise<T>,
): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    const otherwise =
      "mend what is said of it, or name another cache in XDG_CACHE_HOME";
    throw unread(error, path, otherwise);
  }
}
