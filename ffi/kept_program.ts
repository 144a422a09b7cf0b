/**
 * A program that outlives the object it was loaded by.
 *
 * @module
 */

import { Descriptor } from "./descriptor.ts";
import type { BpfProgram } from "./program.ts";
import { type TestRun, testRunOf, type TestRunOptions } from "./test_run.ts";

/** A program held by a descriptor of its own; it holds its maps in turn. */
export class KeptProgram implements Disposable {
  readonly #descriptor: Descriptor;
  readonly #name: string;

  /** Takes a program of a loaded object. */
  constructor(program: BpfProgram) {
    this.#name = program.name;
    this.#descriptor = new Descriptor(program.fd, `program "${program.name}"`);
  }

  /** Lets go of the program; a second call does nothing. */
  close(): void {
    this.#descriptor.close();
  }

  /** Lets go of the program. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** See {@linkcode BpfProgram.testRun}. */
  testRun(options: TestRunOptions = {}): TestRun {
    return testRunOf(this.#descriptor.fd, this.#name, options);
  }
}
