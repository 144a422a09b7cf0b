/**
 * A file descriptor of one's own for a thing that somebody else may close.
 *
 * @module
 */

import { BpfError } from "./error.ts";
import { errno, libc } from "./libc.ts";

/** cmd of fcntl(2). */
const F_DUPFD_CLOEXEC = 1030;

/** A second descriptor of the same open file, until it is closed. */
export class Descriptor implements Disposable {
  #fd: number;

  /** Duplicates `fd`, which `name` names in an error. */
  constructor(fd: number, name: string) {
    this.#fd = libc().fcntl(fd, F_DUPFD_CLOEXEC, 0n);
    if (this.#fd < 0) {
      throw new BpfError(`duplicate the descriptor of ${name}`, {
        errno: errno(),
      });
    }
  }

  /** The number. */
  get fd(): number {
    return this.#fd;
  }

  /** Closes it; a second call does nothing. */
  close(): void {
    if (this.#fd >= 0) libc().close(this.#fd);
    this.#fd = -1;
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }
}
