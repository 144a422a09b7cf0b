/**
 * W: wakeups that come where none may, and that do not where one must.
 *
 * @module
 */

import type { Mutant } from "./mutant.ts";

/** The chapter's mutants. */
export const wakeup: readonly Mutant[] = [
  {
    claim: "W1",
    file: "bpf/ring.bpf.c",
    find: "\t\tbpf_ringbuf_submit(late, 0);\n\t}",
    replace: "\t\tbpf_ringbuf_submit(late, BPF_RB_FORCE_WAKEUP);\n\t}",
    why: "the later record's commit wakes",
  },
  {
    claim: "W1",
    file: "bpf/ring.bpf.c",
    find: "\tbpf_ringbuf_submit(early, c->flags)",
    replace: "\tbpf_ringbuf_submit(early, BPF_RB_NO_WAKEUP)",
    why: "the earlier record's commit wakes nobody",
  },
  {
    claim: "W1",
    file: "bpf/ring.bpf.c",
    find: "\tbpf_ringbuf_submit(early, c->flags)",
    replace: "\tbpf_ringbuf_submit(early, 0)",
    why: "the earlier record's commit wakes when it must not",
  },
  {
    claim: "W2",
    file: "bpf/ring.bpf.c",
    find: "\tbpf_ringbuf_submit(record, c->flags);",
    replace: "\tbpf_ringbuf_submit(record, c->flags & BPF_RB_FORCE_WAKEUP);",
    why: "NO_WAKEUP is dropped",
  },
  {
    claim: "W2",
    file: "tests/claims/wakeup.ts",
    find: "assert.ok(!woken);",
    replace: "assert.ok(!woken);\n      ring.take();",
    why: "the data is taken before it is looked for",
  },
  {
    claim: "W3",
    file: "bpf/ring.bpf.c",
    find: "\tbpf_ringbuf_submit(record, c->flags);",
    replace: "\tbpf_ringbuf_submit(record, c->flags & BPF_RB_NO_WAKEUP);",
    why: "FORCE_WAKEUP is dropped",
  },
  {
    claim: "W3",
    file: "bpf/ring.bpf.c",
    find: "\tbpf_ringbuf_submit(record, c->flags);",
    replace: "\tbpf_ringbuf_submit(record, c->flags == 3 ? 1 : c->flags);",
    why: "NO_WAKEUP wins over FORCE_WAKEUP",
  },
  {
    claim: "W3",
    file: "tests/claims/wakeup.ts",
    find: "const commit = (): void => ring.submit(wakeup.adaptive);",
    replace: "const commit = (): void => ring.submit(wakeup.force);",
    why: "the adaptive commit is forced",
  },
  {
    claim: "W4",
    file: "tests/claims/starvation.ts",
    find: "ring.run(first, { flags: none",
    replace: "ring.run(first, { flags: adaptive",
    why: "the first commit wakes: no trap",
  },
  {
    claim: "W4",
    file: "tests/claims/starvation.ts",
    find: "          ring.submit(adaptive);",
    replace: "          ring.submit(force);",
    why: "the second commit wakes: no trap",
  },
  {
    claim: "W4",
    file: "bpf/quiet.bpf.c",
    find: "return ringside_submit(events, event, BPF_RB_NO_WAKEUP)",
    replace: "return ringside_submit(events, event, 0)",
    why: "the SDK's quiet submit wakes: no trap",
  },
  {
    claim: "W4",
    file: "bpf/quiet.bpf.c",
    find: "ringside_discard(events, event, BPF_RB_NO_WAKEUP)",
    replace: "ringside_discard(events, event, 0)",
    why: "the SDK's quiet discard wakes: no trap",
  },
  {
    claim: "W4",
    file: "sdk/reader.ts",
    find: "Math.min(mostMs, longestWaitMs)",
    replace: "Math.min(mostMs, 100_000)",
    why: "the SDK drains after wakeups only",
  },
  {
    claim: "W5",
    file: "ffi/perf_event_open.ts",
    find: "BigInt(wish.wakeupEvents ?? 1)",
    replace: "1n",
    why: "every event wakes",
  },
  {
    claim: "W5",
    file: "ffi/perf_event_open.ts",
    find: "BigInt(wish.wakeupEvents ?? 1)",
    replace: "BigInt(wish.wakeupEvents ?? 1) + 1n",
    why: "one event more is held back",
  },
  {
    claim: "W5",
    file: "tests/claims/perf_wakeup.ts",
    find: "Math.floor(half / recordBytes) + 1",
    replace: "Math.floor(half / recordBytes)",
    why: "a half-full buffer is expected one event earlier",
  },
  {
    claim: "W5",
    file: "tests/claims/perf_wakeup.ts",
    find: "Math.floor(half / recordBytes) + 1",
    replace: "Math.floor(half / recordBytes) + 2",
    why: "a half-full buffer is expected one event later",
  },
  {
    claim: "W6",
    file: "tests/claims/perf_readiness.ts",
    find: "  perf.send(eventBytes);\n  epoll.add(perf.event.fd);",
    replace: "  epoll.add(perf.event.fd);\n  perf.send(eventBytes);",
    why: "the data is from behind the subscription",
  },
  {
    claim: "W6",
    file: "sdk/arrivals.ts",
    find: "const had = take();",
    replace: "const had = reader.wakeups > 0 ? take() : undefined;",
    why: "the SDK drains after wakeups only",
  },
];
