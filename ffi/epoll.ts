/**
 * An epoll set of one's own, and a look at any.
 *
 * @module
 */

import { constants } from "node:os";
import { errnoName } from "./errno.ts";
import { BpfError } from "./error.ts";
import { errno, libc } from "./libc.ts";

const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLLIN = 1;

/** struct epoll_event { uint32_t events; epoll_data_t data; } is packed on x86-64: 12 bytes, else 16. */
const eventWords = 4;

/**
 * Whether an epoll set has anything readable: epoll_wait(2), which holds this
 * thread up for `timeoutMs`, or until a signal comes.
 */
export function ready(epollFd: number, timeoutMs = 0): boolean {
  const event = new Uint8Array(new Uint32Array(eventWords).buffer);
  const count = libc().epoll_wait(epollFd, event, 1, timeoutMs);
  if (count >= 0) return count > 0;
  const code = errno();
  if (code === constants.errno.EINTR) return false;
  throw new BpfError(`ask epoll ${epollFd}`, { errno: code });
}

/** Descriptors that are watched for readability, level-triggered. */
export class Epoll implements Disposable {
  /** Its descriptor. */
  readonly fd: number;

  /** Opens an empty set. */
  constructor() {
    this.fd = libc().epoll_create1(EPOLL_CLOEXEC);
    if (this.fd < 0) throw new BpfError("open an epoll", { errno: errno() });
  }

  /** Closes the set. */
  [Symbol.dispose](): void {
    libc().close(this.fd);
  }

  /** Watches `fd` from now on. */
  add(fd: number): void {
    this.#control(EPOLL_CTL_ADD, `watch descriptor ${fd}`, fd);
  }

  /** Watches `fd` no more. */
  remove(fd: number): void {
    this.#control(EPOLL_CTL_DEL, `leave descriptor ${fd}`, fd);
  }

  #control(operation: number, action: string, fd: number): void {
    const words = new Uint32Array(eventWords);
    words[0] = EPOLLIN;
    const event = new Uint8Array(words.buffer);
    if (libc().epoll_ctl(this.fd, operation, fd, event) >= 0) return;
    const code = errno();
    throw new BpfError(action, {
      errno: code,
      ...(errnoName(code) === "ENOSPC"
        ? { remedy: "raise fs.epoll.max_user_watches" }
        : {}),
    });
  }
}
