/**
 * Strings as C has them: UTF-8 up to a zero byte.
 *
 * @module
 */

/** A copy of `text` with its zero byte. */
export function toCString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}

/** A copy of the string at `pointer`; `""` for NULL. */
export function fromCString(pointer: Deno.PointerValue): string {
  if (pointer === null) return "";
  return Deno.UnsafePointerView.getCString(pointer);
}
