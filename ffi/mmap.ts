/**
 * mmap(2) with what it is asked for by number.
 *
 * @module
 */

import { libc } from "./libc.ts";

/** PROT_READ and PROT_WRITE of sys/mman.h, the same on x86-64 and arm64. */
export const protection = { read: 1, write: 2 } as const;

/** MAP_SHARED and MAP_PRIVATE of sys/mman.h. */
export const sharing = { shared: 1, private: 2 } as const;

/** What mmap(2) answers when it fails: (void *)-1. */
const MAP_FAILED = (1n << 64n) - 1n;

/** What to map of a descriptor. */
export interface MapRequest {
  readonly fd: number;
  /** Bytes from the beginning of the object on, a multiple of the page. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  /** Bits of {@linkcode protection}. */
  readonly protection: number;
  /** One of {@linkcode sharing}. */
  readonly sharing: number;
}

/** Maps it: where it stands now; `null` if it was refused, and errno tells why. */
export function mmap(request: MapRequest): Deno.PointerValue {
  const address = libc().mmap(
    null,
    BigInt(request.length),
    request.protection,
    request.sharing,
    request.fd,
    BigInt(request.offset),
  );
  return Deno.UnsafePointer.value(address) === MAP_FAILED ? null : address;
}
