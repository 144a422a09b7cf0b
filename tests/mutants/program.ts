/**
 * U8, U9: programs that are attached, and maps that are used from here.
 *
 * @module
 */

import type { Mutant } from "./mutant.ts";

/** The chapter's mutants. */
export const program: readonly Mutant[] = [
  {
    claim: "U9",
    file: "ffi/map_entries.ts",
    find: "      yield key;\n      key = next;",
    replace: "      yield key;\n      key = this.#next(action, key);",
    why: "a walk goes on from a key that may be deleted",
  },
  {
    claim: "U9",
    file: "ffi/map_entries.ts",
    find: "Math.ceil(valueSize / 8) * 8",
    replace: "valueSize",
    why: "the values of CPUs are not aligned",
  },
  {
    claim: "U9",
    file: "ffi/pin.ts",
    find: "kernelId(pinned) !== kernelId(fd)",
    replace: "kernelId(pinned) === 0",
    why: "any name is taken away",
  },
];
