/**
 * What the caller asked for cannot be meant.
 *
 * @module
 */

/** Thrown for bad usage; `message` is one line that says what to do instead. Exit status 64. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
