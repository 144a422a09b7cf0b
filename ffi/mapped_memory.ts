/**
 * A mapped buffer as its reader has it: one reading at a time, until it is closed.
 *
 * @module
 */

import { BpfError } from "./error.ts";

/** The memory of one buffer. */
export class MappedMemory<M> {
  readonly #name: string;
  #memory: M | undefined;
  #busy = false;

  /** `name` completes the sentence "Cannot drain …". */
  constructor(name: string, memory: M) {
    this.#name = name;
    this.#memory = memory;
  }

  /** The memory, for what `verb` says; a closed one is an error. */
  open(verb: string): M {
    if (this.#memory !== undefined) return this.#memory;
    throw this.error(verb, "it is closed");
  }

  /** Runs a reading that calls its user; within it another one, or a close, is an error. */
  read<T>(verb: string, body: (memory: M) => T): T {
    const memory = this.open(verb);
    this.#requireIdle(verb);
    this.#busy = true;
    try {
      return body(memory);
    } finally {
      this.#busy = false;
    }
  }

  /** From now on it is not to be had; true the first time. */
  close(): boolean {
    if (this.#memory === undefined) return false;
    this.#requireIdle("close");
    this.#memory = undefined;
    return true;
  }

  /** What is wrong with the buffer, or with what is asked of it. */
  error(verb: string, cause: string): BpfError {
    return new BpfError(`${verb} ${this.#name}`, { cause });
  }

  #requireIdle(verb: string): void {
    if (this.#busy) throw this.error(verb, "its sink is running");
  }
}
