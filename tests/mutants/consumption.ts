/**
 * U: consumers that drop, repeat, reorder or never end.
 *
 * @module
 */

import type { Mutant } from "./mutant.ts";

/** The chapter's mutants. */
export const consumption: readonly Mutant[] = [
  {
    claim: "U1",
    file: "sdk/arrivals.ts",
    find: 'if (left <= 0) return { is: "timeout" };',
    replace: 'if (left <= 0) return { is: "closed" };',
    why: "a timeout is told as a close",
  },
  {
    claim: "U1",
    file: "sdk/arrivals.ts",
    find: 'this.#isClosed() ? { is: "closed" }',
    replace: 'this.#isClosed() ? { is: "timeout" }',
    why: "a close is told as a timeout",
  },
  {
    claim: "U1",
    file: "sdk/arrivals.ts",
    find: '{ is: "aborted", reason: aborted.reason }',
    replace: '{ is: "closed" }',
    why: "an abort is told as a close",
  },
  {
    claim: "U2",
    file: "sdk/lane.ts",
    find: "throw this.#tally.thrown ? this.#refused(thrown) : thrown;",
    replace: "return true;",
    why: "the consumer is called again behind its exception",
  },
  {
    claim: "U2",
    file: "sdk/lane.ts",
    find: "`go on behind event ${this.delivered} of",
    replace: "`go on behind event ${this.delivered - 1} of",
    why: "another event is named",
  },
  {
    claim: "U2",
    file: "sdk/lane.ts",
    find: "{ cause: `its consumer threw ${thrown}`, thrown },",
    replace: "{ cause: `its consumer threw ${thrown}` },",
    why: "the exception itself does not come out",
  },
  {
    claim: "U3",
    file: "sdk/events.ts",
    find: "    await this.#parts.reader.release();\n",
    replace: "",
    why: "close does not wait for the turn",
  },
  {
    claim: "U3",
    file: "sdk/ledger.ts",
    find: "(this.#last ?? this.#settle())",
    replace: "this.#settle()",
    why: "there is no account of a closed stream",
  },
  {
    claim: "U4",
    file: "sdk/queue.ts",
    find: "const event = this.#events[this.#head] as T;\n    (this",
    replace: "const event = this.#events.at(-1) as T;\n    (this",
    why: "the queue is taken from its end",
  },
  {
    claim: "U4",
    file: "sdk/queue.ts",
    find: "    this.#clear();\n    return events;",
    replace: "    return events;",
    why: "a batch stays in the queue",
  },
  {
    claim: "U5",
    file: "sdk/arrivals.ts",
    find: "await setImmediate();",
    replace: "await undefined;",
    why: "timers wait for the flood's end",
  },
  {
    claim: "U5",
    file: "sdk/account.ts",
    find: "const entries = counters.map((name, index) => [name, word(index)]);",
    replace:
      'const entries = counters.map((name, index) => [\n    name,\n    name === "full" ? 0 : word(index),\n  ]);',
    why: "the SDK does not read what was refused for want of room",
  },
  {
    claim: "U6",
    file: "bpf/exec.bpf.c",
    find: "(__u32)bpf_get_current_uid_gid()",
    replace: "(__u32)bpf_get_current_uid_gid() + 1",
    why: "another user is told",
  },
  {
    claim: "U6",
    file: "sdk/stream.ts",
    find:
      'program.autoload = false;\n  }\n  for (const stream of streamsOf(object)) {\n    stream[loser].autocreate = false;\n    if (transport === "ring") stream.scratch.autocreate = false;\n',
    replace:
      "program.autoload = true;\n  }\n  for (const stream of streamsOf(object)) {\n    stream[loser].autocreate = true;\n",
    why: "both halves are loaded",
  },
  {
    claim: "U6",
    file: "sdk/open.ts",
    find: "  if (options.attach ?? true) object.attach();\n",
    replace: "",
    why: "nothing is attached",
  },
  {
    claim: "U6",
    file: "sdk/arrivals.ts",
    find: 'this.#isClosed() ? { is: "closed" }',
    replace: 'this.#isClosed() ? { is: "aborted", reason: undefined }',
    why: "a close is told as an abort",
  },
];
