/**
 * Waits until what the kernel was in the midst of is over.
 *
 * @module
 */

import { libc } from "./libc.ts";

/** The number of membarrier(2), by machine. */
const systemCall: Record<string, bigint> = { x86_64: 324n, aarch64: 283n };

/** MEMBARRIER_CMD_GLOBAL of linux/membarrier.h; Linux 4.3 called it _SHARED. */
const MEMBARRIER_CMD_GLOBAL = 1;

/** What stands for a grace period where there is none to be had, ms. */
const patienceMs = 10;

/** What this thread sleeps on; nobody wakes it. */
const nothing = new Int32Array(new SharedArrayBuffer(4));

/**
 * Returns when every CPU has left what RCU protects and has executed a full
 * barrier since the call: kernel/sched/membarrier.c calls synchronize_rcu(),
 * some ten milliseconds. It blocks this thread. Where the call is refused
 * (nohz_full: EINVAL; seccomp; a kernel without CONFIG_MEMBARRIER) it sleeps
 * for ten milliseconds, a multiple of what any writer of a record takes, and no
 * promise.
 */
export function gracePeriod(): void {
  const number = systemCall[Deno.build.arch];
  const refused = number === undefined ||
    libc().membarrier(number, MEMBARRIER_CMD_GLOBAL, 0, 0) !== 0n;
  if (refused) Atomics.wait(nothing, 0, 0, patienceMs);
}
