/**
 * R8 to R10: programs without their mistakes, records that are not taken back.
 *
 * @module
 */

import type { Mutant } from "./mutant.ts";

/** The chapter's mutants. */
export const discards: readonly Mutant[] = [
  {
    claim: "R8",
    file: "bpf/rejected.bpf.c",
    find: "\tif (skb->len > 1000)\n\t\treturn 0;\n",
    replace: "",
    why: "the record is submitted on every path",
  },
  {
    claim: "R8",
    file: "bpf/rejected.bpf.c",
    find: "0);\n\n\t*record = skb->len;",
    replace: "0);\n\n\tif (!record)\n\t\treturn 0;\n\t*record = skb->len;",
    why: "the record is checked for NULL",
  },
  {
    claim: "R8",
    file: "bpf/rejected.bpf.c",
    find: "\trecord[1] =",
    replace: "\trecord[0] =",
    why: "the write is within the record",
  },
  {
    claim: "R8",
    file: "bpf/rejected.bpf.c",
    find: "\tbpf_ringbuf_submit(record, 0);\n\tbpf_ringbuf_submit(record, 0);",
    replace: "\tbpf_ringbuf_submit(record, 0);",
    why: "the record is submitted once",
  },
  {
    claim: "R8",
    file: "bpf/rejected.bpf.c",
    find: "skb->len & 0xff",
    replace: "8",
    why: "the size is a constant",
  },
  {
    claim: "R8",
    file: "bpf/rejected.bpf.c",
    find:
      "\t*record = skb->len;\n\tbpf_ringbuf_submit(record, 0);\n\treturn 0;\n}\n\n/*",
    replace: "\t*record = skb->len;\n\treturn 0;\n}\n\n/*",
    why: "the control has a mistake too",
  },
  {
    claim: "R9",
    file: "bpf/ring.bpf.c",
    find: "\tbpf_ringbuf_discard(record, c->flags);",
    replace: "\tbpf_ringbuf_submit(record, c->flags);",
    why: "the record is submitted instead",
  },
  {
    claim: "R9",
    file: "tests/claims/discards.ts",
    find: "assert.equal(available, discarded * recordBytes);",
    replace: "assert.equal(available, 0);",
    why: "a discarded record is expected to take no space",
  },
  {
    claim: "R10",
    file: "bpf/ring.bpf.c",
    find: "discard_two:\n\tbpf_ringbuf_discard(two",
    replace: "discard_two:\n\tbpf_ringbuf_submit(two",
    why: "the second record is left over",
  },
  {
    claim: "R10",
    file: "bpf/ring.bpf.c",
    find: "discard_one:\n\tbpf_ringbuf_discard(one",
    replace: "discard_one:\n\tbpf_ringbuf_submit(one",
    why: "the first record is left over",
  },
  {
    claim: "R10",
    file: "bpf/ring.bpf.c",
    find: "\tbpf_ringbuf_submit(three, BPF_RB_NO_WAKEUP)",
    replace: "\tbpf_ringbuf_discard(three, BPF_RB_NO_WAKEUP)",
    why: "the third record is missing",
  },
];
