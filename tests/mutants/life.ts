/**
 * T: what is not closed.
 *
 * @module
 */

import type { Mutant } from "./mutant.ts";

/** The chapter's mutants. */
export const life: readonly Mutant[] = [
  {
    claim: "T2",
    file: "sdk/hotplug.ts",
    find: "this.#ports.follow(dead);",
    replace: "this.#ports.follow(() => false);",
    why: "a buffer whose CPU was away is kept",
  },
  {
    claim: "T2",
    file: "tests/claims/hotplug.ts",
    find: "  cpus.to(cpus.low);\n  replug(cpus.high);\n  const found",
    replace: "  cpus.to(cpus.low);\n  const found",
    why: "the CPU does not go",
  },
  {
    claim: "T1",
    file: "tests/claims/slots.ts",
    find: "const { head } = event;\n  object.close();",
    replace: "const { head } = event;",
    why: "the perf map is not closed",
  },
  {
    claim: "T1",
    file: "tests/claims/slots.ts",
    find: "  reader.consume();",
    replace: "",
    why: "the ring's reader does not look again",
  },
  {
    claim: "T3",
    file: "ffi/wait.ts",
    find: "if (this.#open) libc().close(this.#bell);",
    replace: "",
    why: "the reader's eventfd stays open",
  },
  {
    claim: "T3",
    file: "sdk/ports.ts",
    find:
      "    for (const port of this.#all) undo.defer(() => this.#remove(port));\n",
    replace: "",
    why: "the reader's buffers stay open",
  },
  {
    claim: "T3",
    file: "sdk/events.ts",
    find: "      this.#owned.dispose();\n",
    replace: "",
    why: "everything stays open",
  },
  {
    claim: "T3",
    file: "sdk/ledger.ts",
    find: "(this.#last ?? this.#settle())",
    replace: "this.#settle()",
    why: "there is no account of a closed stream",
  },
  {
    claim: "T3",
    file: "bpf/ringside.bpf.h",
    find: "error == -ENOENT || error == -EOPNOTSUPP",
    replace: "error == -EOPNOTSUPP",
    why: "what is sent to nobody counts as refused",
  },
];
