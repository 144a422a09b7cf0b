/**
 * Asks what may be mapped: mmap(2) and mprotect(2), undone at once.
 *
 * @module
 */

import { errno, libc } from "./libc.ts";
import { mmap, protection, sharing } from "./mmap.ts";

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
  const { fd, offset = 0, length, writable } = question;
  const both = protection.read | protection.write;
  const address = mmap({
    ...{ fd, offset, length },
    protection: writable === "at once" ? both : protection.read,
    sharing: question.private ? sharing.private : sharing.shared,
  });
  if (address === null) return errno();
  const bytes = BigInt(length);
  const refused = writable === "later" &&
    libc().mprotect(address, bytes, both) < 0;
  const code = refused ? errno() : 0;
  libc().munmap(address, bytes);
  return code;
}
