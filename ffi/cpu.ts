/**
 * Which CPUs there are, and on which one a thread runs.
 *
 * @module
 */

import { BpfError } from "./error.ts";
import { errno, libc } from "./libc.ts";
import { requireText } from "./text_file.ts";

/** Bits of a cpu_set_t (CPU_SETSIZE, sched.h). */
const mostCpus = 1024;

/** The CPUs that this thread may run on, ascending. */
export function allowedCpus(): number[] {
  const mask = new Uint8Array(mostCpus / 8);
  if (libc().sched_getaffinity(0, BigInt(mask.length), mask) < 0) {
    throw new BpfError("read the CPU affinity", { errno: errno() });
  }
  return Array.from({ length: mostCpus }, (_, cpu) => cpu)
    .filter((cpu) => ((mask[cpu >> 3] ?? 0) & (1 << (cpu & 7))) !== 0);
}

/** Keeps a thread (0: this one) on the given CPUs from now on. */
export function pin(thread: number, cpus: readonly number[]): void {
  const mask = new Uint8Array(mostCpus / 8);
  for (const cpu of cpus) {
    mask[cpu >> 3] = (mask[cpu >> 3] ?? 0) | (1 << (cpu & 7));
  }
  if (libc().sched_setaffinity(thread, BigInt(mask.length), mask) < 0) {
    throw new BpfError(`pin thread ${thread} to CPU ${cpus.join(", ")}`, {
      errno: errno(),
    });
  }
}

/**
 * How many CPUs the kernel may ever have: the number of values in an entry of a
 * per-CPU map (/sys/devices/system/cpu/possible).
 */
export function possibleCpus(): number {
  return possible ??= 1 + Math.max(...cpuList("possible"));
}

/** It never changes while the kernel runs. */
let possible: number | undefined;

/** The CPUs that are online now, ascending. */
export function onlineCpus(): number[] {
  return cpuList("online");
}

/** Documentation/admin-guide/cputopology.rst: "0-7" or "0,2-3". */
function cpuList(name: "possible" | "online"): number[] {
  const path = `/sys/devices/system/cpu/${name}`;
  const text = requireText(`count the ${name} CPUs`, path);
  return text.trim().split(",").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}
