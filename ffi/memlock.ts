/**
 * The limit on locked memory, which kernels before 5.11 charge maps against.
 *
 * @module
 */

import { libc } from "./libc.ts";

/** resource of setrlimit(2), the same on x86-64 and arm64. */
const RLIMIT_MEMLOCK = 8;

/** RLIM_INFINITY */
const infinity = (1n << 64n) - 1n;

/**
 * Takes the limit away, as libbpf does before its first load; answers whether
 * that was allowed (it needs CAP_SYS_RESOURCE).
 */
export function raiseMemlock(): boolean {
  const limit = new BigUint64Array([infinity, infinity]);
  return libc().setrlimit(RLIMIT_MEMLOCK, new Uint8Array(limit.buffer)) === 0;
}
