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
    file: "sdk/turn_quota.ts",
    find: "Math.min(this.#clock.left, this.#most - this.#taken)",
    replace: "2 ** 30",
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
  {
    claim: "U8",
    file: "sdk/account.ts",
    find: "const entries = counters.map((name, index) => [name, word(index)]);",
    replace:
      'const entries = counters.map((name, index) => [\n    name,\n    name === "noSlot" ? 0 : word(index),\n  ]);',
    why: "the SDK does not read what was sent to nobody",
  },
  {
    claim: "U8",
    file: "sdk/account.ts",
    find: "const entries = counters.map((name, index) => [name, word(index)]);",
    replace:
      'const entries = counters.map((name, index) => [\n    name,\n    name === "refused" ? 0 : word(index),\n  ]);',
    why: "the SDK does not read what was refused",
  },
  {
    claim: "U8",
    file: "sdk/stats.ts",
    find: "lost: stats.lost + unread,",
    replace: "lost: stats.lost,",
    why: "what nobody took before the close is not lost",
  },
  {
    claim: "U8",
    file: "sdk/stats.ts",
    find: "const told = full + noSlot + refused;",
    replace: "const told = full + noSlot;",
    why: "what was refused is not among the lost",
  },
  {
    claim: "U9",
    file: "sdk/turn_quota.ts",
    find: "this.#maxEvents = maxEvents;",
    replace: "this.#maxEvents = Math.max(maxEvents ?? 0, 4096);",
    why: "maxEvents is ignored",
  },
  {
    claim: "U10",
    file: "sdk/events.ts",
    find: "cancel: () => this.close(),",
    replace: "cancel: () => {},",
    why: "a stream that is cancelled stays open",
  },
  {
    claim: "U11",
    file: "sdk/reader.ts",
    find: "async release(): Promise<void> {\n    this.wake();",
    replace: "async release(): Promise<void> {",
    why: "a close waits for the wait's own end",
  },
];
