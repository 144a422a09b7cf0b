/**
 * N: newer kinds of rings, used like the old ones.
 *
 * @module
 */

import type { Mutant } from "./mutant.ts";

/** The chapter's mutants. */
export const newer: readonly Mutant[] = [
  {
    claim: "N1",
    file: "bpf/sized.bpf.c",
    find: "bpf_ringbuf_reserve_dynptr(&ring, size,",
    replace: "bpf_ringbuf_reserve_dynptr(&ring, 1500,",
    why: "every record has one size",
  },
  {
    claim: "N1",
    file: "bpf/sized.bpf.c",
    find: "bpf_dynptr_write(&record, 0, o->bytes, size, 0)",
    replace: "bpf_dynptr_write(&record, 0, o->bytes + 1, size & 1023, 0)",
    why: "other bytes are written",
  },
  {
    claim: "N1",
    file: "bpf/sized.bpf.c",
    find: "bpf_ringbuf_submit_dynptr(&record, 0)",
    replace: "bpf_ringbuf_discard_dynptr(&record, 0)",
    why: "every record is discarded",
  },
  {
    claim: "N2",
    file: "ffi/user_ring.ts",
    find: "this.#calls.discard(this.#ring",
    replace: "this.#calls.submit(this.#ring",
    why: "what is given up is submitted",
  },
  {
    claim: "N2",
    file: "bpf/user_ring.bpf.c",
    find: "t->count += 1;",
    replace: "t->count = 1;",
    why: "the program counts no further than one",
  },
  {
    claim: "N2",
    file: "bpf/user_ring.bpf.c",
    find: "return 1; /* ends the drain */\n",
    replace:
      "return 1; /* ends the drain */\n\tif (value == 13)\n\t\treturn 0;\n",
    why: "one record is not kept",
  },
  {
    claim: "N3",
    file: "bpf/overwrite.bpf.c",
    find: "record[i] = s->next;",
    replace: "record[i] = s->next + (i == 3);",
    why: "every record is torn",
  },
  {
    claim: "N3",
    file: "bpf/overwrite.bpf.c",
    find: "__uint(map_flags, BPF_F_RB_OVERWRITE);",
    replace: "__uint(map_flags, 0);",
    why: "the ring does not overwrite",
  },
  {
    claim: "N3",
    file: "ffi/ring_snapshot.ts",
    find: "const gone = Math.min(Number(oldest(ring) - from), length)",
    replace: "const gone = 0",
    why: "what gave way while it was copied is handed on",
  },
  {
    claim: "N4",
    file: "tests/claims/overlap.ts",
    find: "ring.consumer = producer + large;",
    replace: "ring.consumer = producer;",
    why: "the position alone leaves no room",
  },
  {
    claim: "N4",
    file: "bpf/overlap.bpf.c",
    find: "second = bpf_ringbuf_reserve(&ring, LARGE, 0);",
    replace: "second = bpf_ringbuf_reserve(&ring, 64, 0);",
    why: "the second record fits beside the first",
  },
  {
    claim: "N4",
    file: "bpf/overlap.bpf.c",
    find:
      "\tsecond = bpf_ringbuf_reserve(&ring, LARGE, 0);\n\tif (second)\n\t\tbpf_ringbuf_discard(second, BPF_RB_NO_WAKEUP);\n\tbpf_ringbuf_discard(first, BPF_RB_NO_WAKEUP);\n",
    replace:
      "\tbpf_ringbuf_discard(first, BPF_RB_NO_WAKEUP);\n\tsecond = bpf_ringbuf_reserve(&ring, LARGE, 0);\n\tif (second)\n\t\tbpf_ringbuf_discard(second, BPF_RB_NO_WAKEUP);\n",
    why: "the first record is committed before the second is reserved",
  },
  {
    claim: "N4",
    file: "ffi/ring_records.ts",
    find: "pending: 1",
    replace: "pending: 2",
    why: "another word is taken for pending_pos",
  },
];
