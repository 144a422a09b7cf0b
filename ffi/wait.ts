/**
 * Waiting on another thread: one hop for each wakeup, never one for each record.
 *
 * @module
 */

import { BpfError } from "./error.ts";
import { errno, libc } from "./libc.ts";

const POLLIN = 1;
const EFD_CLOEXEC = 0o2000000;
const EFD_NONBLOCK = 0o4000;

/**
 * Waits for a descriptor to become readable while this thread goes on, and can
 * be woken from here. It must not be closed while a wait is pending: wake it,
 * await the wait, then close.
 */
export class Waiter implements Disposable {
  readonly #bell: number;
  #open = true;

  /** Opens an eventfd for the wake. */
  constructor() {
    this.#bell = libc().eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (this.#bell < 0) {
      throw new BpfError("open an eventfd", { errno: errno() });
    }
  }

  /** Closes the eventfd; a second call does nothing. */
  close(): void {
    if (this.#open) libc().close(this.#bell);
    this.#open = false;
  }

  /** Closes the waiter. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** The eventfd: readable from a wake to the end of the wait that it ended. */
  get fd(): number {
    return this.#bell;
  }

  /** Ends the wait that is pending, or the next one. */
  wake(): void {
    const one = new BigUint64Array([1n]);
    libc().write(this.#bell, new Uint8Array(one.buffer), 8n);
  }

  /** True when `fd` became readable, false after `timeoutMs` (-1: never) or a wake. */
  async readable(fd: number, timeoutMs: number): Promise<boolean> {
    // struct pollfd { int fd; short events; short revents; }
    const fds = new Int32Array([fd, POLLIN, this.#bell, POLLIN]);
    // A deadline just missed is 0 and not -0, which is no integer to the call.
    const most = timeoutMs === -1 ? -1 : Math.max(0, Math.ceil(timeoutMs));
    const ready = await libc().poll(fds, 2n, most);
    // The errno is another thread's and lost; a signal is the one cause that is
    // known, and to a caller that waits again it is as good as a timeout.
    if (ready < 0) return false;
    const [, first = 0, , second = 0] = fds;
    if (returned(second) !== 0) this.#hush();
    return (returned(first) & POLLIN) !== 0;
  }

  /** Takes the wake back, so that the next wait waits. */
  #hush(): void {
    libc().read(this.#bell, new Uint8Array(8), 8n);
  }
}

/** revents of a struct pollfd: the upper half of its second word (little-endian). */
function returned(word: number): number {
  return word >>> 16;
}
