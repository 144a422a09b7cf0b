/**
 * Strings as C has them: UTF-8 up to a zero byte.
 *
 * @module
 */

import { BpfError } from "./error.ts";

/** A copy of `text` with its zero byte; one within would end it too early, and is an error. */
export function toCString(text: string): Uint8Array<ArrayBuffer> {
  if (`${text}`.includes("\0")) {
    throw new BpfError(`use ${JSON.stringify(text)}`, {
      cause: "it has a zero byte, at which C ends a string",
    });
  }
  return new TextEncoder().encode(`${text}\0`);
}

/** A copy of the string at `pointer`; `""` for NULL. */
export function fromCString(pointer: Deno.PointerValue): string {
  if (pointer === null) return "";
  return Deno.UnsafePointerView.getCString(pointer);
}
