/**
 * O: CPUs drained the other way round, records let go too early.
 *
 * @module
 */

import type { Mutant } from "./mutant.ts";

/** The chapter's mutants. */
export const order: readonly Mutant[] = [
  {
    claim: "O1",
    file: "sdk/reader.ts",
    find: "const index = (first + step) % ports.length;",
    replace: "const index = (first + step + 1) % ports.length;",
    why: "the drain begins with the last CPU",
  },
  {
    claim: "O1",
    file: "bpf/burst.bpf.c",
    find: "event->ktime = bpf_ktime_get_ns();",
    replace: "event->ktime = 0;",
    why: "no event has a time",
  },
  {
    claim: "O2",
    file: "sdk/queue.ts",
    find: "this.#events.push(event);",
    replace: "this.#events.unshift(event);",
    why: "the queue is filled from its front",
  },
  {
    claim: "O2",
    file: "tests/claims/order.ts",
    find: "cpus.to(turn % 2 === 0 ? cpus.high : cpus.low);",
    replace: "cpus.to(cpus.low);",
    why: "all events come from one CPU",
  },
  {
    claim: "O3",
    file: "sdk/queue.ts",
    find: "this.#events.push(event);",
    replace: "this.#events.unshift(event);",
    why: "the queue is filled from its front",
  },
  {
    claim: "O3",
    file: "tests/claims/order.ts",
    find: "cpus.to(turn % 2 === 0 ? cpus.high : cpus.low);",
    replace: "cpus.to(cpus.low);",
    why: "all events come from one CPU",
  },
  {
    claim: "O3",
    file: "bpf/burst.bpf.c",
    find: "event->sequence = *sequence - 1;",
    replace: "event->sequence = *sequence ^ 1;",
    why: "events are numbered out of the order of their reservation",
  },
  {
    claim: "O4",
    file: "bpf/ring.bpf.c",
    find: "\ts->before = bpf_ringbuf_query",
    replace:
      "\tbpf_ringbuf_submit(early, 0);\n\tearly = bpf_ringbuf_reserve(&ring, sizeof(*early), 0);\n\tif (!early)\n\t\treturn -ENOBUFS;\n\ts->before = bpf_ringbuf_query",
    why: "record 1 is submitted before user space looks",
  },
  {
    claim: "O4",
    file: "bpf/ring.bpf.c",
    find: "#define PATIENCE 1000",
    replace: "#define PATIENCE 0",
    why: "the program does not wait until it was looked at",
  },
  {
    claim: "O4",
    file: "tests/claims/order.ts",
    find: "assert.deepEqual(afterwards, [1, 2]);",
    replace: "assert.deepEqual(afterwards, [2, 1]);",
    why: "the order of submission is expected",
  },
  {
    claim: "O5",
    file: "bpf/ring.bpf.c",
    find: "\ts->before = bpf_ringbuf_query",
    replace:
      "\tbpf_ringbuf_submit(early, 0);\n\tearly = bpf_ringbuf_reserve(&ring, sizeof(*early), 0);\n\tif (!early)\n\t\treturn -ENOBUFS;\n\ts->before = bpf_ringbuf_query",
    why: "the head is not busy",
  },
  {
    claim: "O5",
    file: "bpf/ring.bpf.c",
    find: "\t*late = 2;\n\tbpf_ringbuf_submit(late, 0);\n\ts->",
    replace:
      "\t*late = 2;\n\tbpf_ringbuf_submit(late, BPF_RB_FORCE_WAKEUP);\n\ts->",
    why: "the commit behind the head wakes",
  },
  {
    claim: "O5",
    file: "tests/claims/busy_head.ts",
    find: "  const { object, reader } = held.ring;",
    replace: "  const { object, reader } = held.ring;\n  await held.release();",
    why: "the head is let go before the look",
  },
  {
    claim: "O5",
    file: "ffi/epoll.ts",
    find: "return count > 0",
    replace: "return count === 0",
    why: "readiness is turned round",
  },
];
