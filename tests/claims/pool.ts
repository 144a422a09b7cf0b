/**
 * The threads that carry nonblocking calls, on CPUs of choice, by ffi/cpu.ts, which
 * mod.ts does not hand on.
 *
 * @module
 */

import { constants } from "node:os";
import { allowedCpus, pin } from "../../ffi/cpu.ts";
import { BpfError } from "../../mod.ts";
import { Pinned } from "./burst.ts";

/** This thread on the lowest CPU that it may use, those that carry nonblocking calls on the next one. */
export class Apart implements Disposable {
  readonly #pinned = new Pinned();
  /** Where this thread is. */
  readonly here: number;
  /** Where the others are. */
  readonly elsewhere: number;

  /** Throws where there is but one CPU. */
  constructor() {
    this.here = this.#pinned.low;
    this.elsewhere = this.#pinned.high;
    this.#pinned.to(this.here);
    this.part();
  }

  /** Again: a thread that was made for a call meanwhile is where this one is. */
  part(): void {
    pinPool([this.elsewhere]);
  }

  /** Lets all of them run everywhere again. */
  [Symbol.dispose](): void {
    this.#pinned[Symbol.dispose]();
    pinPool(allowedCpus());
  }
}

/** Pins the threads that there are; Deno's runtime, tokio, names them. */
function pinPool(cpus: readonly number[]): void {
  for (const { name: thread } of Deno.readDirSync("/proc/self/task")) {
    try {
      const name = Deno.readTextFileSync(`/proc/self/task/${thread}/comm`);
      if (name.startsWith("tokio")) pin(Number(thread), cpus);
    } catch (error) {
      if (!hasEnded(error)) throw error;
    }
  }
}

/** A thread may end between the look at the folder and this one: ENOENT, or ESRCH. */
function hasEnded(error: unknown): boolean {
  if (error instanceof BpfError) return error.errno === constants.errno.ESRCH;
  if (error instanceof Deno.errors.NotFound) return true;
  return error instanceof Error && "code" in error && error.code === "ESRCH";
}
