/**
 * Asks what may be mapped: mmap(2) and mprotect(2), undone at once.
 *
 * @module
 */

import { errno, libc } from "./libc.ts";

/** prot and flags of mmap(2), the same on x86-64 and arm64. */
const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const MAP_PRIVATE = 2;

/** What mmap(2) answers when it fails: (void *)-1. */
const MAP_FAILED = (1n << 64n) - 1n;

/** What to ask for. */
export interface MappingQuestion {
  readonly fd: number;
  /** Bytes; a multiple of the page; 0 by default. */
  readonly offset?: number;
  /** Bytes. */
  readonly length: number;
  /** To be written at once, later by mprotect(2), or never, which is the default. */
  readonly writable?: "at once" | "later";
  /** MAP_PRIVATE instead of MAP_SHARED. */
  readonly private?: boolean;
}

/** Maps and unmaps: 0, or the errno of the refusal. */
export function tryMapping(question: MappingQuestion): number {
  const { fd, offset = 0, writable } = question;
  const length = BigInt(question.length);
  const address = libc().mmap(
    null,
    length,
    writable === "at once" ? PROT_READ | PROT_WRITE : PROT_READ,
    question.private ? MAP_PRIVATE : MAP_SHARED,
    fd,
    BigInt(offset),
  );
  if (Deno.UnsafePointer.value(address) === MAP_FAILED) return errno();
  const wish = PROT_READ | PROT_WRITE;
  const refused = writable === "later" &&
    libc().mprotect(address, length, wish) < 0;
  const code = refused ? errno() : 0;
  libc().munmap(address, length);
  return code;
}
