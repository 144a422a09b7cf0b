/**
 * Makes an input smaller as long as it shows the same.
 *
 * @module
 */

import type { Input } from "./target.ts";

/** So often it is tried: cheap is enough. */
const mostTries = 400;

/** A part of the input that `isSame` says of that it shows the same. */
export async function minimised(
  input: Input,
  isSame: (smaller: Input) => Promise<boolean>,
): Promise<Input> {
  let least = input;
  let tries = 0;
  for (let size = input.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < least.length && tries++ < mostTries;) {
      const without = new Uint8Array(
        least.length - Math.min(size, least.length - at),
      );
      without.set(least.subarray(0, at));
      without.set(least.subarray(at + size), at);
      if (await isSame(without)) least = without;
      else at += size;
    }
  }
  return least;
}
