/**
 * O6, U20 to U29 and U33 to U35: the merge, several streams, and what a reader may ask for.
 *
 * @module
 */

import type { Mutant } from "./mutant.ts";

/** Their mutants. */
export const streams: readonly Mutant[] = [
  {
    claim: "O6",
    file: "sdk/merge.ts",
    find: "return one.time < other.time ||",
    replace: "return one.place < other.place ||",
    why: "the merge keeps the order of arrival",
  },
  {
    claim: "O6",
    file: "sdk/merge.ts",
    find: "if (oldest.time < this.#released) this.#late++;",
    replace: "",
    why: "late events are not counted",
  },
  {
    claim: "U20",
    file: "sdk/open.ts",
    find: "const tag = (event: unknown): unknown => ({ stream, event });",
    replace:
      'const tag = (event: unknown): unknown => ({ stream: "one", event });',
    why: "every event is said to be of one stream",
  },
  {
    claim: "U20",
    file: "sdk/ledger.ts",
    find: "stream === undefined || lanes[index]?.name === stream",
    replace: "index >= 0 || lanes[index]?.name === stream",
    why: "a stream's account is that of all",
  },
  {
    claim: "U21",
    file: "sdk/port.ts",
    find: "    undo.use(new Slot(channel, cpu, map.fd));\n",
    replace: "",
    why: "no CPU has its ring",
  },
  {
    claim: "U22",
    file: "sdk/port.ts",
    find: "    this.#map.delete(this.#key);\n",
    replace: "",
    why: "a reader that is closed leaves its CPU's slot filled",
  },
  {
    claim: "U22",
    file: "sdk/account.ts",
    find: "const cpus = this.#cpus ??\n",
    replace: "const cpus =\n",
    why: "every reader has the account of all CPUs",
  },
  {
    claim: "U23",
    file: "bpf/ringside.bpf.h",
    find: "\t\treturn BPF_RB_NO_WAKEUP;\n",
    replace: "\t\treturn 0;\n",
    why: "a ring wakes for each event",
  },
  {
    claim: "U23",
    file: "sdk/port.ts",
    find: "new PerfEvent({ cpu, pages, wakeupEvents, overwrite }),",
    replace: "new PerfEvent({ cpu, pages, wakeupEvents: 1, overwrite }),",
    why: "a perf buffer wakes for each event",
  },
  {
    claim: "U24",
    file: "sdk/port.ts",
    find: "    this.#source[to]();\n",
    replace: "",
    why: "a perf buffer is not paused",
  },
  {
    claim: "U24",
    file: "sdk/events.ts",
    find: "available / size);",
    replace: "available);",
    why: "occupancy is told in bytes",
  },
  {
    claim: "U24",
    file: "bpf/ringside.bpf.h",
    find: "else if (error == -ENOSPC)",
    replace: "else if (error == -E2BIG)",
    why: "what a paused buffer refuses does not count as full",
  },
  {
    claim: "U26",
    file: "sdk/port.ts",
    find: "    undo.use(new Slot(channel, cpu, event.fd));\n",
    replace: "",
    why: "no CPU has its perf buffer",
  },
  {
    claim: "U27",
    file: "sdk/intake.ts",
    find: "if (this.#queue.length === 0) this.#loan.end();",
    replace: "",
    why: "what was handed out is lent for ever",
  },
  {
    claim: "U27",
    file: "sdk/event_shape.ts",
    find:
      "loan === undefined ? sample.head(size) : sample.head(size).keep(loan);",
    replace: "loan === undefined ? sample : sample.keep(loan);",
    why: "the kernel's padding is lent too",
  },
  {
    claim: "U28",
    file: "sdk/events.ts",
    find: "if (this.#closing === undefined) return;\n",
    replace: "return;\n",
    why: "a closed stream is asked all the same",
  },
  {
    claim: "U28",
    file: "sdk/events.ts",
    find: "return this.#closing ??= this.#end();",
    replace: "return this.#closing = this.#end();",
    why: "a second close closes again",
  },
  {
    claim: "U25",
    file: "sdk/ledger.ts",
    find: "overwritten: recorder.gone(stream)",
    replace: "overwritten: 0",
    why: "what gave way is not counted",
  },
  {
    claim: "U25",
    file: "ffi/perf_snapshot.ts",
    find: "samplesOf(perf, words).reverse()",
    replace: "samplesOf(perf, words)",
    why: "a perf recorder hands out the newest event first",
  },
  {
    claim: "U29",
    file: "sdk/stream.ts",
    find: "  if (least <= bytes) return;\n",
    replace: "  if (least > 0) return;\n",
    why: "a ring that holds no event is opened all the same",
  },
  {
    claim: "U27",
    file: "sdk/intake.ts",
    find: "[lane, event, sample.keep(new Loan())]",
    replace: "[lane, event]",
    why: "what the merge holds is lent when it comes",
  },
  {
    claim: "U33",
    file: "sdk/seats.ts",
    find: "Atomics.compareExchange(this.#words, seat, 0, 1) === 0",
    replace: "Atomics.compareExchange(this.#words, seat, 0, 0) === 0",
    why: "nobody sees that a buffer has a reader",
  },
  {
    claim: "U33",
    file: "sdk/account.ts",
    find: "const accepted = this.#began.accepted + received;",
    replace: "const accepted = sums.accepted;",
    why: "what one reader left in a ring is not the next one's",
  },
  {
    claim: "U34",
    file: "sdk/ports.ts",
    find: "if (cpus?.length === 0) return;\n    if (cpus === undefined) {",
    replace: "if (cpus?.length === 0) return;\n    if (cpus !== null) {",
    why: "one CPU of a ring is all of them",
  },
  {
    claim: "U34",
    file: "sdk/seats.ts",
    find: "if (Atomics.compareExchange(this.#words, seat, 0, 1) === 0) {",
    replace: "if (Atomics.exchange(this.#words, seat, 1) >= 0) {",
    why: "a second reader is let in",
  },
  {
    claim: "U35",
    file: "sdk/turn_clock.ts",
    find: "this.#apart = this.#left = 1;",
    replace: "this.#apart = this.#left = 64;",
    why: "the clock is read for each 64th event",
  },
];
