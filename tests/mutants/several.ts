/**
 * P: events of one CPU in the ring of another.
 *
 * @module
 */

import type { Mutant } from "./mutant.ts";

/** The chapter's mutants. */
export const several: readonly Mutant[] = [
  {
    claim: "P1",
    file: "bpf/rings.bpf.c",
    find: "__u32 cpu = bpf_get_smp_processor_id();",
    replace: "__u32 cpu = 0;",
    why: "every CPU sends into the first slot",
  },
  {
    claim: "P1",
    file: "ffi/rings.ts",
    find: "if (this.#rings === null) {\n      const rings",
    replace:
      'if (this.#rings === null || map.name !== "") {\n      const rings',
    why: "the reader has the last ring only",
  },
  {
    claim: "P1",
    file: "tests/claims/several.ts",
    find: 'put(object, cpus.high, "high")',
    replace: 'put(object, cpus.high, "low")',
    why: "both CPUs share a ring",
  },
];
