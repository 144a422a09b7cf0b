/**
 * M: buffers of other sizes than those asked for.
 *
 * @module
 */

import type { Mutant } from "./mutant.ts";

/** The chapter's mutants. */
export const memory: readonly Mutant[] = [
  {
    claim: "M1",
    file: "sdk/open.ts",
    find: "perfPages: pages = defaultPages,",
    replace: "perfPages: _, pages = 8,",
    why: "every perf buffer has 8 pages",
  },
  {
    claim: "M1",
    file: "sdk/stream.ts",
    find: "ringSize(options.ringBytes ?? one.maxEntries, pageSize());",
    replace: "ringSize(one.maxEntries, pageSize());",
    why: "the ring has the object's size",
  },
  {
    claim: "M1",
    file: "tests/claims/memory.ts",
    find: "[page, page + 2 * size]",
    replace: "[page, page + size]",
    why: "the data pages are expected to be mapped once",
  },
  {
    claim: "M2",
    file: "tests/claims/absorption.ts",
    find: 'kept(lab, "ring", cpus * share)',
    replace: 'kept(lab, "ring", share)',
    why: "the ring has one CPU's share",
  },
  {
    claim: "M2",
    file: "tests/claims/absorption.ts",
    find: "perfPages: pages }",
    replace: "perfPages: 2 * pages }",
    why: "perf has twice the memory",
  },
];
