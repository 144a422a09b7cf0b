/**
 * U: a thread that waits for events itself.
 *
 * @module
 */

import type { Mutant } from "./mutant.ts";

const about = { claim: "U36", file: "sdk/reader.ts" } as const;

/** The mutants of blockMs. */
export const blocking: readonly Mutant[] = [
  {
    ...about,
    find: "if (!woken) await setImmediate();",
    replace: "",
    why: "nobody else has a turn between two waits",
  },
  {
    ...about,
    find: "Math.min(mostMs, this.#blockMs)",
    replace: "mostMs",
    why: "a wait is as long as the SDK's longest",
  },
  {
    ...about,
    find: "this.#blockMs > 0 && fd !== nothing",
    replace: "false",
    why: "another thread waits all the same",
  },
  {
    ...about,
    find: "const woken = ready(fd, ms);",
    replace: "const woken = ready(fd, ms) && ms < 0;",
    why: "what ended a wait is not told",
  },
];
