/**
 * How large buffers and bursts are; tests/bench/c/subject.h has the same.
 *
 * @module
 */
import type { Transport } from "../../mod.ts";

/** Bytes of a ring, and of each CPU's perf buffer. */
export const bufferBytes = 4 << 20;

/** Bytes in front of a record's payload. */
const header = { ring: 8, perf: 12 } as const;

/** Records of `bytes` that fill nine tenths of a buffer. */
export function recordsOf(transport: Transport, bytes: number): number {
  const record = (bytes + header[transport] + 7) & ~7;
  return Math.floor(Math.floor(bufferBytes * 0.9) / record);
}
