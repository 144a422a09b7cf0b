/**
 * The threads that carry nonblocking calls, on CPUs of choice, by ffi/cpu.ts, which
 * mod.ts does not hand on.
 *
 * @module
 */

import { pin } from "../../ffi/cpu.ts";

/** Pins them; Deno's runtime, tokio, names them. One that is made later is pinned as its maker. */
export function pinPool(cpus: readonly number[]): void {
  for (const { name: thread } of Deno.readDirSync("/proc/self/task")) {
    if (nameOf(thread).startsWith("tokio")) pin(Number(thread), cpus);
  }
}

/** A thread may end between the look at the folder and this one. */
function nameOf(thread: string): string {
  try {
    return Deno.readTextFileSync(`/proc/self/task/${thread}/comm`);
  } catch {
    return "";
  }
}
