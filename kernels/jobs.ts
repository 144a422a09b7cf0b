/**
 * How many guests run at once.
 *
 * @module
 */
import type { Choice } from "./accel.ts";

/** What this machine has. */
export interface Host {
  readonly cores: number;
  readonly availableMiB: number;
}

/** QEMU's own memory beside its guest's: code, translated blocks, the archive. */
const OVERHEAD_MIB = 256;

/**
 * The number of guests that run at once, at least one; `wish` lowers it.
 *
 * Under TCG never more threads that emulate than cores: four of them on two cores starve each
 * other's timers, and the kernels report stalls that are the host's. A guest whose processors take
 * turns in one thread keeps one core busy, however many it has.
 */
export function jobs(
  { accel, threads }: Pick<Choice, "accel" | "threads">,
  cpusPerGuest: number,
  memoryMiB: number,
  wish?: number,
  host: Host = thisHost(),
): number {
  // Processors under KVM are threads of the host: twice as many hide the guests' idle times.
  const processors = accel === "tcg" ? host.cores : host.cores * 2;
  const busy = threads === "single" ? 1 : cpusPerGuest;
  const byProcessors = Math.floor(processors / busy);
  const byMemory = Math.floor(host.availableMiB / (memoryMiB + OVERHEAD_MIB));
  return Math.max(1, Math.min(byProcessors, byMemory, wish ?? Infinity));
}

function thisHost(): Host {
  return { cores: navigator.hardwareConcurrency, availableMiB: availableMiB() };
}

/** What programs can still take without swapping, by the kernel's own estimate. */
function availableMiB(): number {
  const available = /^MemAvailable:\s+(\d+) kB/m.exec(
    Deno.readTextFileSync("/proc/meminfo"),
  )?.[1];
  return Number(available ?? 0) >> 10;
}
