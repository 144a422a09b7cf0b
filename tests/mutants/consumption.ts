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
    file: "sdk/events.ts",
    find: 'if (left <= 0) return { is: "timeout" };',
    replace: 'if (left <= 0) return { is: "closed" };',
    why: "a timeout is told as a close",
  },
  {
    claim: "U1",
    file: "sdk/events.ts",
    find: ': { is: "closed" };',
    replace: ': { is: "timeout" };',
    why: "a close is told as a timeout",
  },
  {
    claim: "U1",
    file: "sdk/events.ts",
    find: '{ is: "aborted", reason: aborted.reason }',
    replace: '{ is: "closed" }',
    why: "an abort is told as a close",
  },
  {
    claim: "U2",
    file: "sdk/intake.ts",
    find: "if (failure !== undefined) return void this.#queue.push(event);",
    replace: "if (failure !== undefined) return;",
    why: "what is behind the exception is dropped",
  },
  {
    claim: "U2",
    file: "sdk/intake.ts",
    find: "`go on behind event ${this.#delivered} of",
    replace: "`go on behind event ${this.#delivered - 1} of",
    why: "another event is named",
  },
  {
    claim: "U2",
    file: "sdk/intake.ts",
    find: "thrown: error },",
    replace: "},",
    why: "the exception itself does not come out",
  },
  {
    claim: "U3",
    file: "sdk/events.ts",
    find: "    await this.#reader.release();\n",
    replace: "",
    why: "close does not wait for the turn",
  },
  {
    claim: "U3",
    file: "sdk/events.ts",
    find: "return this.#last ?? this.#account();",
    replace: "return this.#account();",
    why: "there is no account of a closed stream",
  },
  {
    claim: "U4",
    file: "sdk/intake.ts",
    find: "this.#queue.shift() as T",
    replace: "this.#queue.pop() as T",
    why: "the queue is taken from its end",
  },
  {
    claim: "U4",
    file: "sdk/intake.ts",
    find: "return this.#queue.splice(0);",
    replace: "return this.#queue.slice(0);",
    why: "a batch stays in the queue",
  },
  {
    claim: "U5",
    file: "sdk/events.ts",
    find: "await setImmediate();",
    replace: "await undefined;",
    why: "timers wait for the flood's end",
  },
  {
    claim: "U5",
    file: "sdk/stats.ts",
    find: "full: sum(3),",
    replace: "full: 0,",
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
      'program.autoload = false;\n  }\n  for (const stream of streams(object)) {\n    stream[loser].autocreate = false;\n    if (transport === "ring") stream.scratch.autocreate = false;\n',
    replace:
      "program.autoload = true;\n  }\n  for (const stream of streams(object)) {\n    stream[loser].autocreate = true;\n",
    why: "both halves are loaded",
  },
  {
    claim: "U6",
    file: "sdk/events.ts",
    find: "if (attach) this.object.attach();",
    replace: "",
    why: "nothing is attached",
  },
  {
    claim: "U6",
    file: "sdk/events.ts",
    find: ': { is: "closed" };',
    replace: ': { is: "aborted", reason: undefined };',
    why: "a close is told as an abort",
  },
];
