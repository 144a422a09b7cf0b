/**
 * The limit on locked memory, which kernels before 5.11 charge maps against.
 *
 * @module
 */

import { BpfError } from "./error.ts";
import { errno, libc } from "./libc.ts";

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

/** The limit in bytes; Infinity where there is none. */
export function memlockLimit(): number {
  const limit = new BigUint64Array(2);
  if (libc().getrlimit(RLIMIT_MEMLOCK, new Uint8Array(limit.buffer)) < 0) {
    throw new BpfError("read RLIMIT_MEMLOCK", { errno: errno() });
  }
  const [soft = 0n] = limit;
  return soft === infinity ? Infinity : Number(soft);
}

/** The limit, given back when it is disposed. */
export class MemlockLimit implements Disposable {
  readonly #before = new BigUint64Array(2);

  /** Remembers the limit as it is. */
  constructor() {
    const bytes = new Uint8Array(this.#before.buffer);
    if (libc().getrlimit(RLIMIT_MEMLOCK, bytes) < 0) {
      throw new BpfError("read RLIMIT_MEMLOCK", { errno: errno() });
    }
  }

  /**
   * Lets this process lock `bytes`; with `hard` no more can be had from then on,
   * nor the old limit be given back, without CAP_SYS_RESOURCE.
   */
  lower(bytes: number, limit: "soft" | "hard"): void {
    const [, hard = 0n] = this.#before;
    const soft = BigInt(bytes);
    this.#set(new BigUint64Array([soft, limit === "hard" ? soft : hard]));
  }

  /** Gives the limit back. */
  [Symbol.dispose](): void {
    this.#set(this.#before);
  }

  #set(limit: BigUint64Array<ArrayBuffer>): void {
    const bytes = new Uint8Array(limit.buffer);
    if (libc().setrlimit(RLIMIT_MEMLOCK, bytes) < 0) {
      throw new BpfError("set RLIMIT_MEMLOCK", { errno: errno() });
    }
  }
}
