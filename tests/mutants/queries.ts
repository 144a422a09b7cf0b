/**
 * Q: queries that answer something else, positions that wrap.
 *
 * @module
 */

import type { Mutant } from "./mutant.ts";

/** The chapter's mutants. */
export const queries: readonly Mutant[] = [
  {
    claim: "Q1",
    file: "bpf/ring.bpf.c",
    find: "c->answer = bpf_ringbuf_query(&ring, c->query)",
    replace: "c->answer = bpf_ringbuf_query(&ring, c->query) - 8",
    why: "the ring's size is told without a header",
  },
  {
    claim: "Q1",
    file: "tests/claims/raw_ring.ts",
    find: "ring.maxEntries * pages",
    replace: "ring.maxEntries",
    why: "both rings have one size",
  },
  {
    claim: "Q2",
    file: "bpf/ring.bpf.c",
    find: "bpf_ringbuf_discard(gone, BPF_RB_NO_WAKEUP)",
    replace: "bpf_ringbuf_submit(gone, BPF_RB_NO_WAKEUP)",
    why: "nothing is discarded",
  },
  {
    claim: "Q2",
    file: "bpf/ring.bpf.c",
    find:
      "c->answer = bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA);\n\tbpf_ringbuf_submit(busy, BPF_RB_NO_WAKEUP);",
    replace:
      "bpf_ringbuf_discard(busy, BPF_RB_NO_WAKEUP);\n\tc->answer = bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA);",
    why: "no record is busy, and a second one is discarded",
  },
  {
    claim: "Q2",
    file: "tests/claims/queries.ts",
    find: "4 * (header + 8)",
    replace: "4 * (header + 5)",
    why: "padding is expected not to count",
  },
  {
    claim: "Q3",
    file: "bpf/ring.bpf.c",
    find: "c->answer = bpf_ringbuf_query(&ring, c->query)",
    replace: "c->answer = bpf_ringbuf_query(&ring, c->query) & 4095",
    why: "positions wrap at the ring's size",
  },
  {
    claim: "Q3",
    file: "tests/claims/queries.ts",
    find: "const turns = 6;",
    replace: "const turns = 3;",
    why: "the positions stay below the size",
  },
  {
    claim: "Q4",
    file: "bpf/ring.bpf.c",
    find: "c->answer = bpf_ringbuf_query(&ring, c->query)",
    replace: "c->answer = bpf_ringbuf_query(&ring, c->query & 3)",
    why: "unknown flags are cut to known ones",
  },
  {
    claim: "Q4",
    file: "tests/claims/queries.ts",
    find: "[99n, 1n << 40n]",
    replace: "[99n, 3n]",
    why: "one of the flags is known",
  },
  {
    claim: "Q5",
    file: "tests/claims/overwrite_position.ts",
    find: "overwriteQuery = 4n",
    replace: "overwriteQuery = 3n",
    why: "another position is asked for",
  },
  {
    claim: "Q6",
    file: "ffi/ring_records.ts",
    find: "producer: 0",
    replace: "producer: 1",
    why: "another word is taken for the producer's position",
  },
  {
    claim: "Q6",
    file: "bpf/ring.bpf.c",
    find: "c->answer = bpf_ringbuf_query(&ring, c->query)",
    replace: "c->answer = bpf_ringbuf_query(&ring, c->query) & 4095",
    why: "the queries wrap, the mapped positions do not",
  },
  {
    claim: "Q7",
    file: "tests/claims/positions.ts",
    find: "return taken.length < most",
    replace: "return true",
    why: "the first consumer takes all",
  },
  {
    claim: "Q7",
    file: "ffi/ring.ts",
    find: "return fine && more !== false ? 0 : stop;",
    replace: "return fine ? 0 : stop;",
    why: "the reader cannot stop behind a record",
  },
  {
    claim: "Q8",
    file: "bpf/ring.bpf.c",
    find: "\ts->after = bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA)",
    replace: "\ts->after = s->before",
    why: "the second answer is the first one",
  },
  {
    claim: "Q8",
    file: "bpf/ring.bpf.c",
    find: "c->answer = bpf_ringbuf_query(&ring, c->query)",
    replace: "c->answer = bpf_ringbuf_query(&ring, c->query) + 16",
    why: "more is told than there is",
  },
  {
    claim: "Q8",
    file: "tests/claims/under_load.ts",
    find: 'const program = ring.object.program("submit");',
    replace: 'const program = ring.object.program("query");',
    why: "nothing is produced",
  },
  {
    claim: "Q8",
    file: "tests/claims/under_load.ts",
    find: "    held.ring.submit(0n);\n",
    replace: "",
    why: "nothing is submitted between the two queries",
  },
];
