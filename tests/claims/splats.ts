/**
 * What the kernel complains of while a claim is proved: a claim that holds on a
 * kernel that warns has not held.
 *
 * The log itself is ffi/kernel_log.ts, which mod.ts does not hand on.
 *
 * @module
 */

import { kernelLog } from "../../ffi/kernel_log.ts";

/** The first lines of what the kernel prints when something is wrong with it. */
const splat =
  /\b(WARNING: |BUG: |Oops|INFO: rcu|INFO: task .* blocked|general protection fault|Call Trace:|Kernel panic|possible (circular|recursive) locking|UBSAN: |KASAN: )/;

/** Watches the kernel's log from its making on. */
export class Splats {
  readonly #read: () => string;
  #seen: string;

  /** `read` answers the whole log; the running kernel's by default. */
  constructor(read: () => string = kernelLog) {
    this.#read = read;
    this.#seen = lastLine(read());
  }

  /** The complaints since the last look, a line each. */
  look(): string[] {
    const log = this.#read();
    const at = this.#seen === "" ? -1 : log.lastIndexOf(this.#seen);
    const fresh = at < 0 ? log : log.slice(at + this.#seen.length);
    this.#seen = lastLine(log);
    return fresh.split("\n").filter((line) => splat.test(line));
  }
}

function lastLine(log: string): string {
  return log.trimEnd().split("\n").at(-1) ?? "";
}
