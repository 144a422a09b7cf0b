/**
 * U: triggers that fire amiss, accounts that mix causes, turns and waits without
 * an end.
 *
 * @module
 */

import type { Mutant } from "./mutant.ts";

/** The mutants of the chapter's second half. */
export const turns: readonly Mutant[] = [
  {
    claim: "U7",
    file: "bpf/fired.h",
    find: "name[0] == 'r'",
    replace: "name[0] == 'R'",
    why: "another thread's renames are listened to",
  },
  {
    claim: "U7",
    file: "bpf/fired.h",
    find: "last->times += 1;",
    replace: "last->times += 2;",
    why: "the program tells of runs that were none",
  },
  {
    claim: "U8",
    file: "bpf/ringside.bpf.h",
    find: "\t\tringside_add(counts, no_slot);\n\telse\n",
    replace: "\t\tringside_add(counts, full);\n\telse\n",
    why: "a missing slot is counted as a full buffer",
  },
  {
    claim: "U9",
    file: "sdk/reader.ts",
    find: "this.#first = index + 1;",
    replace: "this.#first = 0;",
    why: "each turn begins with the same CPU",
  },
  {
    claim: "U9",
    file: "sdk/reader.ts",
    find: "Math.min(this.#look, this.#maxEvents - this.#taken)",
    replace: "2 ** 31 - 1",
    why: "a turn takes all that there is",
  },
  {
    claim: "U10",
    file: "ffi/wait.ts",
    find: "if (returned(second) !== 0) this.#hush();",
    replace: "",
    why: "a wake ends every later wait too",
  },
  {
    claim: "U11",
    file: "ffi/wait.ts",
    find: "libc().write(this.#bell, new Uint8Array(one.buffer), 8n);",
    replace: "void one;",
    why: "a wake does nothing",
  },
];
