/**
 * A buffer whose bytes make no sense.
 *
 * @module
 */

import { BpfError } from "./error.ts";

/** What becomes of it. */
const givenUp = "what lies there is given up; what comes next is read";

/**
 * A buffer's positions or one of its records cannot be: somebody else has moved
 * the reader's position, or the memory is broken. It is told once: the drain that
 * throws it has gone on behind what makes no sense, which is up to where the kernel
 * writes next unless the record's own length holds.
 */
export class Damage extends BpfError {
  /** Bytes that lay there: what it may have cost, at most. */
  readonly bytes: number;

  /** `buffer` completes the sentence "Cannot read …". */
  constructor(buffer: string, cause: string, bytes: number) {
    super(`read ${buffer}`, { cause, remedy: givenUp });
    this.bytes = bytes;
  }
}
