/**
 * What the system says of an error, without what Deno says around it.
 *
 * @module
 */

/** `"Read-only file system"` of `"Read-only file system (os error 30): writefile '…'"`; other messages as they are. */
export function systemWords(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/ \(os error \d+\).*/s, "");
}
