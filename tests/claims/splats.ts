/**
 * What the kernel complains of while a claim is proved: a claim that holds on a
 * kernel that warns has not held.
 *
 * The log itself is ffi/kernel_log.ts, which mod.ts does not hand on.
 *
 * @module
 */

import { unreadKernelLog } from "../../ffi/kernel_log.ts";

/** The first lines of what the kernel prints when something is wrong with it. */
const splat =
  /\b(WARNING: |BUG: |Oops|INFO: rcu|INFO: task .* blocked|general protection fault|Call Trace:|Kernel panic|possible (circular|recursive) locking|UBSAN: |KASAN: )/;

/** Watches the kernel's log from its making on. */
export class Splats {
  readonly #unread: () => string;

  /** `unread` answers what the log holds since it was asked last; the running kernel's by default. */
  constructor(unread: () => string = unreadKernelLog) {
    this.#unread = unread;
    unread();
  }

  /** The complaints since the last look, a line each. */
  look(): string[] {
    const fresh = this.#unread();
    return fresh.split("\n").filter((line) => splat.test(line));
  }
}
