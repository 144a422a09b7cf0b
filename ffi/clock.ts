/**
 * The kernel's clock of BPF programs.
 *
 * @module
 */

import { BpfError } from "./error.ts";
import { errno, libc } from "./libc.ts";

/** clockid of clock_gettime(2). */
const CLOCK_MONOTONIC = 1;

const time = new BigInt64Array(2);
const timeBytes = new Uint8Array(time.buffer);

/** Nanoseconds since boot, without suspend: what bpf_ktime_get_ns() answers. */
export function monotonicNs(): bigint {
  // struct timespec { time_t tv_sec; long tv_nsec; }, 64 bits each.
  if (libc().clock_gettime(CLOCK_MONOTONIC, timeBytes) < 0) {
    throw new BpfError("read the monotonic clock", { errno: errno() });
  }
  const [seconds = 0n, nanoseconds = 0n] = time;
  return seconds * 1_000_000_000n + nanoseconds;
}
