/**
 * L: answers of the helper that get lost, losses that are told wrong or not at all.
 *
 * @module
 */

import type { Mutant } from "./mutant.ts";

/** The chapter's mutants. */
export const loss: readonly Mutant[] = [
  {
    claim: "L1",
    file: "bpf/ringside.bpf.h",
    find: "\telse if (error == -ENOSPC)\n\t\tringside_add(counts, full);\n",
    replace: "",
    why: "a full perf buffer is counted as another refusal",
  },
  {
    claim: "L1",
    file: "bpf/ringside.bpf.h",
    find: "\treturn error;\n",
    replace: "\treturn 0;\n",
    why: "the program hides what the helper answers",
  },
  {
    claim: "L2",
    file: "ffi/perf.ts",
    find: "sink.lost(Number(count), cpu)",
    replace: "sink.lost(Number(count) - 1, cpu)",
    why: "one loss fewer is told",
  },
  {
    claim: "L2",
    file: "ffi/perf.ts",
    find: "sink.lost(Number(count), cpu)",
    replace: "sink.lost(Number(count), 0)",
    why: "every loss is told of CPU 0",
  },
  {
    claim: "L2",
    file: "tests/claims/loss.ts",
    find:
      'cpus.to(cpus.high);\n      send(perf.object, "perf", 1);\n      const next',
    replace:
      'cpus.to(cpus.low);\n      send(perf.object, "perf", 1);\n      const next',
    why: "the next record comes from the other CPU",
  },
  {
    claim: "L3",
    file: "ffi/perf_event_open.ts",
    find: "words[4] = wish.readFormat ?? 0n;",
    replace: "words[4] = 0n;",
    why: "read_format is not set",
  },
  {
    claim: "L3",
    file: "ffi/perf_event_open.ts",
    find: "PERF_FORMAT_LOST = 1n << 4n",
    replace: "PERF_FORMAT_LOST = 1n << 2n",
    why: "the event's id is read instead",
  },
  {
    claim: "L4",
    file: "bpf/perf.bpf.c",
    find: "&events, *chosen, &event",
    replace: "&events, *chosen & BPF_F_INDEX_MASK, &event",
    why: "unknown flags are masked",
  },
  {
    claim: "L4",
    file: "bpf/perf.bpf.c",
    find: "&events, *chosen, &event",
    replace: "&events, BPF_F_CURRENT_CPU, &event",
    why: "every event goes to the slot of its CPU",
  },
  {
    claim: "L5",
    file: "sdk/account.ts",
    find: "const entries = counters.map((name, index) => [name, word(index)]);",
    replace:
      'const entries = counters.map((name, index) => [\n    name,\n    name === "full" ? 0 : word(index),\n  ]);',
    why: "the SDK does not read what was refused for want of room",
  },
  {
    claim: "L5",
    file: "sdk/stats.ts",
    find: "pending: Math.max(0, attempted - delivered - lost),",
    replace: "pending: 0,",
    why: "nothing is ever on its way",
  },
  {
    claim: "L5",
    file: "sdk/lane.ts",
    find: "    this.#received++;\n",
    replace: "",
    why: "the SDK does not count what it received",
  },
  {
    claim: "L6",
    file: "tests/claims/skipped.ts",
    find: "updated.set(key, key);",
    replace: 'object.program("update").testRun();',
    why: "no update is bpf(2)'s",
  },
  {
    claim: "L6",
    file: "bpf/skipped.bpf.c",
    find: "return bpf_map_update_elem(&in_array, &key, &key, BPF_ANY);",
    replace: "return key;",
    why: "the program updates no array",
  },
  {
    claim: "L6",
    file: "ffi/program_info.ts",
    find: "recursionMissesAt = 208",
    replace: "recursionMissesAt = 192",
    why: "the time that the program ran is read instead",
  },
];
