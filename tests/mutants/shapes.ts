/**
 * S: sizes, flags and protections that are not asked for, bytes that are too many.
 *
 * @module
 */

import type { Mutant } from "./mutant.ts";

/** The chapter's mutants. */
export const shapes: readonly Mutant[] = [
  {
    claim: "S1",
    file: "tests/claims/sizes.ts",
    find: "page + 1, 3 * page]",
    replace: "page + 1, 4 * page]",
    why: "four pages are expected to be refused",
  },
  {
    claim: "S1",
    file: "tests/claims/sizes.ts",
    find: "const length = ring.size - 1096;",
    replace: "const length = ring.size - 3096;",
    why: "no record lies across the ring's end",
  },
  {
    claim: "S1",
    file: "bpf/ring.bpf.c",
    find: "bpf_ringbuf_output(&ring, p, c->size",
    replace: "bpf_ringbuf_output(&ring, p->bytes + 1, c->size",
    why: "other bytes than the payload's are sent",
  },
  {
    claim: "S2",
    file: "tests/claims/shapes.ts",
    find: "numaNode: 2",
    replace: "numaNode: 3",
    why: "another flag is expected to be taken",
  },
  {
    claim: "S2",
    file: "ffi/bpf_syscall.ts",
    find: "attributes.keySize ?? 0",
    replace: "0",
    why: "no key size is asked for",
  },
  {
    claim: "S2",
    file: "ffi/bpf_syscall.ts",
    find: "attributes.valueSize ?? 0",
    replace: "0",
    why: "no value size is asked for",
  },
  {
    claim: "S3",
    file: "ffi/perf_event.ts",
    find: "(1 + pages)",
    replace: "(2 + pages)",
    why: "every buffer has a page more",
  },
  {
    claim: "S4",
    file: "sdk/event_shape.ts",
    find:
      "loan === undefined ? sample.head(size) : sample.head(size).keep(loan);",
    replace: "loan === undefined ? sample : sample.keep(loan);",
    why: "perf events keep the kernel's padding",
  },
  {
    claim: "S4",
    file: "tests/claims/record_sizes.ts",
    find: "Math.ceil((size + 4) / 8) * 8 - 4",
    replace: "Math.ceil(size / 8) * 8",
    why: "the padding is expected to be another",
  },
  {
    claim: "S4",
    file: "bpf/ring.bpf.c",
    find: "c->size & 0xffff, c->flags)",
    replace: "(c->size + 7) & 0xfff8, c->flags)",
    why: "ring records are padded",
  },
  {
    claim: "S5",
    file: "bpf/huge.bpf.c",
    find: "bytes[70000]",
    replace: "bytes[30000]",
    why: "the SDK's event fits into a perf record",
  },
  {
    claim: "S5",
    file: "bpf/perf_sizes.bpf.c",
    find: "c->size & 0x1ffff",
    replace: "c->size & 0xffff",
    why: "no event is larger than 64 KiB",
  },
  {
    claim: "S6",
    file: "tests/claims/protection.ts",
    find: "producerWrite: tryMapping({ ...write, length: page, offset: page })",
    replace: "producerWrite: tryMapping({ ...write, length: page })",
    why: "the consumer's page is asked for instead",
  },
  {
    claim: "S6",
    file: "ffi/try_mapping.ts",
    find: "question.private ? sharing.private : sharing.shared",
    replace: "sharing.shared",
    why: "no mapping is private",
  },
  {
    claim: "S6",
    file: "ffi/try_mapping.ts",
    find: "mprotect(address, bytes, both)",
    replace: "mprotect(address, bytes, protection.read)",
    why: "nothing is made writable later",
  },
  {
    claim: "S6",
    file: "ffi/try_mapping.ts",
    find: 'writable === "at once" ? both : protection.read',
    replace: "protection.read",
    why: "nothing is mapped writable",
  },
  {
    claim: "S7",
    file: "tests/claims/shapes.ts",
    find: "calls(null), calls(new Uint8Array(8))",
    replace: "calls(new Uint8Array(8)), calls(null)",
    why: "with and without a key are exchanged",
  },
  {
    claim: "S8",
    file: "ffi/ring_drain.ts",
    find: "(start + behind) | 0",
    replace: "start",
    why: "a record is read from its header on",
  },
  {
    claim: "S8",
    file: "ffi/ring_drain.ts",
    find: "(head & discard) !== 0",
    replace: "false",
    why: "discarded records are handed on",
  },
  {
    claim: "S8",
    file: "ffi/perf_drain.ts",
    find: "length > room",
    replace: "false",
    why: "a record that wraps is read beyond the data's end",
  },
  {
    claim: "S8",
    file: "ffi/perf_records.ts",
    find:
      "bytes.set(new Uint8Array(buffer, byteOffset, length - first), first);",
    replace: "",
    why: "a record that wraps loses its end",
  },
];
