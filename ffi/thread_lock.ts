/**
 * One thread of this process at a time: Workers share libbpf, and no memory.
 *
 * @module
 */

import { toCString } from "./c_string.ts";
import { libc } from "./libc.ts";

/** Flags of open(2) and operations of flock(2). */
const O_CLOEXEC = 0o2000000;
const LOCK_EX = 2;
const LOCK_NB = 4;

/** A file that all threads of this process see, and no other process under this name. */
const ours = "/proc/self/status";

/** How long a thread waits for the others, ms, and how long between two looks. */
const patienceMs = 10_000;
const pauseMs = 1;

/** What this thread sleeps on; nobody wakes it. */
const nothing = new Int32Array(new SharedArrayBuffer(4));

/**
 * Waits until no other thread holds it; it is held until it is disposed. A
 * Worker that is terminated while it holds it never lets go: after ten seconds,
 * or where /proc is not mounted, the answer is `undefined`.
 */
export function lockThreads(): Disposable | undefined {
  const fd = libc().open(toCString(ours), O_CLOEXEC);
  if (fd < 0) return undefined;
  const until = performance.now() + patienceMs;
  while (libc().flock(fd, LOCK_EX | LOCK_NB) < 0) {
    if (performance.now() > until) {
      libc().close(fd);
      return undefined;
    }
    Atomics.wait(nothing, 0, 0, pauseMs);
  }
  return { [Symbol.dispose]: () => void libc().close(fd) };
}
