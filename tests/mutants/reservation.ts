/**
 * R1 to R7: rings that are not full, positions that are not asked, losses that are not counted.
 *
 * @module
 */

import type { Mutant } from "./mutant.ts";

/** The chapter's mutants. */
export const reservation: readonly Mutant[] = [
  {
    claim: "R1",
    file: "bpf/ring.bpf.c",
    find: "c->size & 0xffff, c->flags)",
    replace: "c->size & 0xff, c->flags)",
    why: "the ring is not full",
  },
  {
    claim: "R1",
    file: "bpf/dynptr.bpf.c",
    find: "#define NEVER_GIVEN 16",
    replace: "#define NEVER_GIVEN 64",
    why: "the dynptr's ring is not full",
  },
  {
    claim: "R2",
    file: "tests/claims/reservation.ts",
    find: "const largest = ring.size - 16;",
    replace: "const largest = ring.size - 8;",
    why: "a ring is expected to be filled completely",
  },
  {
    claim: "R2",
    file: "tests/claims/reservation.ts",
    find: "const largest = ring.size - 16;",
    replace: "const largest = ring.size - 24;",
    why: "a smaller record is expected to be the largest",
  },
  {
    claim: "R3",
    file: "bpf/ring.bpf.c",
    find: "reserves(0x3fffffff) << 2",
    replace: "reserves(0x20) << 2",
    why: "the record that is too large fits",
  },
  {
    claim: "R3",
    file: "bpf/ring.bpf.c",
    find: "reserves(0xfffffff8) << 4",
    replace: "reserves(8) << 4",
    why: "no size overflows 32 bits",
  },
  {
    claim: "R4",
    file: "bpf/ring.bpf.c",
    find: "bpf_ringbuf_reserve(&ring, sizeof(*record), c->reserve_flags)",
    replace: "bpf_ringbuf_reserve(&ring, sizeof(*record), 0)",
    why: "reserve is given no flags",
  },
  {
    claim: "R4",
    file: "bpf/ring.bpf.c",
    find: "c->size & 0xffff, c->flags)",
    replace: "c->size & 0xffff, 0)",
    why: "output is given no flags",
  },
  {
    claim: "R4",
    file: "bpf/ring.bpf.c",
    find: "\tbpf_ringbuf_submit(record, c->flags);",
    replace: "\tbpf_ringbuf_submit(record, c->flags ? BPF_RB_NO_WAKEUP : 0);",
    why: "unknown flags are taken for NO_WAKEUP",
  },
  {
    claim: "R5",
    file: "tests/claims/raw_ring.ts",
    find: "this.reader.consume();\n    return",
    replace: "return",
    why: "the consumer frees nothing",
  },
  {
    claim: "R5",
    file: "tests/claims/reservation.ts",
    find: "const rest = 4 * 2 * header",
    replace: "const rest = 3 * 2 * header",
    why: "one record more is expected to fit",
  },
  {
    claim: "R5",
    file: "tests/claims/reservation.ts",
    find: "assert.deepEqual(positions(), before);",
    replace:
      "ring.reader.consume();\n      assert.deepEqual(positions(), before);",
    why: "a position moves between the two looks",
  },
  {
    claim: "R7",
    file: "sdk/stats.ts",
    find: "const told = full + noSlot + refused;",
    replace: "const told = 2 * full + noSlot + refused;",
    why: "the SDK counts what was lost for want of room twice",
  },
  {
    claim: "R7",
    file: "sdk/stats.ts",
    find: "lost: stats.lost + unread",
    replace: "lost: stats.lost",
    why: "what nobody took before the close is not lost",
  },
  {
    claim: "R7",
    file: "sdk/stats.ts",
    find: "const told = full + noSlot + refused;",
    replace: "const told = noSlot + refused;",
    why: "the SDK forgets what was lost for want of room",
  },
  {
    claim: "R7",
    file: "bpf/ringside.bpf.h",
    find: "\tringside_add(counts, attempted);",
    replace:
      "\tif (via == RINGSIDE_RING)\n\t\tringside_add(counts, attempted);",
    why: "attempts are counted on the ring only",
  },
  {
    claim: "R7",
    file: "bpf/ringside.bpf.h",
    find:
      "\t\tif (via == RINGSIDE_RING)\n\t\t\tringside_add(counts, full);\n\t\telse\n",
    replace: "\t\tif (via == RINGSIDE_PERF)\n",
    why: "a failed reserve is not counted",
  },
  {
    claim: "R7",
    file: "bpf/ringside.bpf.h",
    find: "\telse if (error == -ENOSPC)\n\t\tringside_add(counts, full);\n",
    replace: "\telse if (error == -ENOSPC)\n\t\treturn error;\n",
    why: "a full perf buffer is not counted",
  },
];
