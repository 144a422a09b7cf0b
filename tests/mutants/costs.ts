/**
 * Costs and threads: work that is wasted, notice that is given, memory that is
 * shared.
 *
 * @module
 */

import type { Mutant } from "./mutant.ts";

/** The mutants of what is measured, and of what runs at once. */
export const costs: readonly Mutant[] = [
  {
    claim: "O7",
    file: "tests/claims/processes.ts",
    find: "    pin(child.pid, [to]);\n",
    replace: "",
    why: "the process ends where it began",
  },
  {
    claim: "O7",
    file: "bpf/lives.bpf.c",
    find: "fill(event, 1);",
    replace: "fill(event, 0);",
    why: "an exit calls itself an exec",
  },
  {
    claim: "O7",
    file: "sdk/merge.ts",
    find: "return one.time < other.time ||",
    replace: "return one.place < other.place ||",
    why: "the merge keeps the order of arrival",
  },
  {
    claim: "O7",
    file: "sdk/reader.ts",
    find: "const index = (first + step) % ports.length;",
    replace: "const index = ports.length - 1 - (first + step) % ports.length;",
    why: "the high CPU's buffer is read first",
  },
  {
    claim: "R6",
    file: "bpf/costs.bpf.c",
    find:
      "\tstruct large *event = bpf_ringbuf_reserve(&ring, sizeof(*event), 0);\n",
    replace:
      "\tstruct large *event = room();\n\n\tif (event)\n\t\tfill(event, skb->len);\n\tevent = bpf_ringbuf_reserve(&ring, sizeof(*event), 0);\n",
    why: "the event is built before there is room for it",
  },
  {
    claim: "R6",
    file: "bpf/costs.bpf.c",
    find: "\tfill(event, skb->len);\n\treturn bpf_perf_event_output",
    replace: "\treturn bpf_perf_event_output",
    why: "nothing is built for perf",
  },
  {
    claim: "R6",
    file: "tests/claims/refusals.ts",
    find: "pages * pageSize() / eventBytes",
    replace: "pages * pageSize() / eventBytes / 4",
    why: "the perf buffer is not full",
  },
  {
    claim: "R6",
    file: "bpf/costs.bpf.c",
    find: "\tfill(event, skb->len);\n\treturn bpf_ringbuf_output",
    replace: "\treturn bpf_ringbuf_output",
    why: "nothing is built for output",
  },
  {
    claim: "P2",
    file: "tests/claims/threads.ts",
    find: "rig.start(0), rig.start(1)",
    replace: "rig.start(0), rig.start(0)",
    why: "both threads take from one buffer",
  },
  {
    claim: "P2",
    file: "ffi/perf_thread.ts",
    find: "      Atomics.store(positions, 1, tail + BigInt(size >>> 16));\n",
    replace: "",
    why: "a sample is taken again and again",
  },
  {
    claim: "P2",
    file: "ffi/perf_thread.ts",
    find: "Atomics.load(gate, 1) === 0",
    replace: "gate.length === 0",
    why: "the threads do not meet in the middle of their drains",
  },
  {
    claim: "P3",
    file: "tests/claims/producers.ts",
    find: '"a ring each": "high"',
    replace: '"a ring each": "low"',
    why: "each has the same ring",
  },
  {
    claim: "P3",
    file: "tests/claims/producers.ts",
    find: '"one ring": "low"',
    replace: '"one ring": "high"',
    why: "the ring is not shared",
  },
  {
    claim: "C1",
    file: "tests/claims/notification_cost.ts",
    find: "ownRule: 0",
    replace: "ownRule: 1",
    why: "the ring is made to notify of every event",
  },
  {
    claim: "C1",
    file: "tests/claims/notification_cost.ts",
    find: '"perf", { each: 1, sampled }',
    replace: '"perf", { each: 1, sampled: 1 }',
    why: "perf notifies of every event",
  },
  {
    claim: "C2",
    file: "tests/claims/record_cost.ts",
    find: "`${way}_${size}`",
    replace: '`${way === "output" ? "reserve" : "output"}_${size}`',
    why: "the two change places",
  },
  {
    claim: "C2",
    file: "bpf/costs.bpf.c",
    find:
      "\t*event = skb->len;\n\tbpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);",
    replace:
      "\t*event = skb->len;\n\tbpf_ringbuf_submit(event, BPF_RB_FORCE_WAKEUP);",
    why: "a reserved record wakes its consumer",
  },
];
