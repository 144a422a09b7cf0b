/**
 * F: a probe that misreads the kernel, halves that mix, a license that lies.
 *
 * @module
 */

import type { Mutant } from "./mutant.ts";

/** The chapter's mutants. */
export const fallback: readonly Mutant[] = [
  {
    claim: "F1",
    file: "ffi/bpf_syscall.ts",
    find: "attributes.maxEntries,",
    replace: "0,",
    why: "every map is asked for without a size",
  },
  {
    claim: "F1",
    file: "tests/claims/fallback.ts",
    find: "[1, 2, 16].map((pages)",
    replace: "[1, 3, 16].map((pages)",
    why: "one size is no power of two",
  },
  {
    claim: "F2",
    file: "sdk/transport.ts",
    find: 'if (has) return { transport: "ring", reason };',
    replace: 'if (!has) return { transport: "ring", reason };',
    why: "the SDK turns the probe's answer round",
  },
  {
    claim: "F2",
    file: "sdk/probe.ts",
    find: "reason: `${question}: ok`",
    replace: "reason: question",
    why: "the SDK does not say why it took the ring",
  },
  {
    claim: "F3",
    file: "sdk/probe.ts",
    find: "if (errno === EINVAL) {",
    replace: "if (errno !== 0) {",
    why: "the probe takes EPERM for a kernel without rings",
  },
  {
    claim: "F4",
    file: "sdk/probe.ts",
    find: "if (errno === EINVAL) {",
    replace: "if (errno !== 0) {",
    why: "the probe takes EPERM for a kernel without rings",
  },
  {
    claim: "F4",
    file: "ffi/restrictions.ts",
    find: 'mayUseBpf: effective("BPF") || effective("SYS_ADMIN"),',
    replace: "mayUseBpf: true,",
    why: "the SDK blames something else than the capabilities",
  },
  {
    claim: "F5",
    file: "sdk/stream.ts",
    find: "if (pair) program.autoload = false;",
    replace: "if (pair) program.autoload = true;",
    why: "the other transport's half is loaded too",
  },
  {
    claim: "F5",
    file: "sdk/transport.ts",
    find: 'return { transport: "perf", reason: "asked for" }',
    replace: 'return { transport: "ring", reason: "asked for" }',
    why: "perf cannot be asked for",
  },
  {
    claim: "F6",
    file: "bpf/burst.bpf.c",
    find: "event->sequence = *sequence - 1;",
    replace: "event->sequence = *sequence - (ringside_via == RINGSIDE_PERF);",
    why: "the two halves number events differently",
  },
  {
    claim: "F6",
    file: "sdk/event_shape.ts",
    find: "return (sample) => decode(sample.head(size), name);",
    replace: "return (sample) => decode(sample, name);",
    why: "perf events keep the kernel's padding",
  },
  {
    claim: "F7",
    file: "bpf/proprietary.bpf.c",
    find: 'license") = "Proprietary"',
    replace: 'license") = "GPL"',
    why: "the program is GPL after all",
  },
  {
    claim: "F7",
    file: "bpf/proprietary.bpf.c",
    find: "event->value = 7;",
    replace: "event->value = 8;",
    why: "the ring carries another value",
  },
  {
    claim: "F8",
    file: "bpf/crossed.bpf.c",
    find: "bpf_ringbuf_output(&map, &event",
    replace: "bpf_ringbuf_output(&ring, &event",
    why: "no program uses the perf array",
  },
  {
    claim: "F8",
    file: "tests/claims/refused.ts",
    find: 'crossed(lab, "output_to_ring")',
    replace: 'crossed(lab, "output_to_perf")',
    why: "the control is refused too",
  },
];
