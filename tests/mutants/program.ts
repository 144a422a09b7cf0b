/**
 * U30 to U32: programs that are attached or run, and maps that are used from here.
 *
 * @module
 */

import type { Mutant } from "./mutant.ts";

/** The chapter's mutants. */
export const program: readonly Mutant[] = [
  {
    claim: "U30",
    file: "ffi/link.ts",
    find: "libbpf().bpf_link__destroy(link)",
    replace: "0",
    why: "a closed link leaves its program attached",
  },
  {
    claim: "U30",
    file: "bpf/kinds.bpf.c",
    find: "if (s && s->pid ==",
    replace: "if (s && s->pid !=",
    why: "what other processes do is counted",
  },
  {
    claim: "U30",
    file: "bpf/kinds.bpf.c",
    find: 'SEC("raw_tp/task_rename")',
    replace: 'SEC("raw_tp/task_is_renamed")',
    why: "a kernel that has raw tracepoints refuses one",
  },
  {
    claim: "U30",
    file: "bpf/kinds.bpf.c",
    find: 'SEC("uprobe/libc.so.6:getpagesize")',
    replace: 'SEC("uprobe/libc.so.6:getpagessize")',
    why: "a kernel that has uprobes refuses one",
  },
  {
    claim: "U32",
    file: "ffi/test_run.ts",
    find: "this.#data.slice(0, size)",
    replace: "this.#data.slice(0, 64)",
    why: "what the program has added to the packet is cut off",
  },
  {
    claim: "U32",
    file: "ffi/test_run.ts",
    find: "if (!alone) this.#point(40, 52, this.#context);",
    replace: "",
    why: "the context is not answered",
  },
  {
    claim: "U32",
    file: "ffi/test_run.ts",
    find: "alone && repeat === 1 ? 0 : repeat",
    replace: "repeat",
    why: "a context alone is run a number of times",
  },
  {
    claim: "U31",
    file: "ffi/map_entries.ts",
    find: "      yield key;\n      key = next;",
    replace: "      yield key;\n      key = this.#next(action, key);",
    why: "a walk goes on from a key that may be deleted",
  },
  {
    claim: "U31",
    file: "ffi/map_entries.ts",
    find: "Math.ceil(valueSize / 8) * 8",
    replace: "valueSize",
    why: "the values of CPUs are not aligned",
  },
  {
    claim: "U31",
    file: "ffi/pin.ts",
    find: "kernelId(pinned) !== kernelId(fd)",
    replace: "kernelId(pinned) === 0",
    why: "any name is taken away",
  },
];
