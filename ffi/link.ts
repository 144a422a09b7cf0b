/**
 * A program's attachment.
 *
 * @module
 */

import { libbpf } from "./libbpf.ts";
import { checkResult } from "./result.ts";

/** Keeps a program attached until it is closed. */
export class BpfLink implements Disposable {
  #link: Deno.PointerValue;
  readonly #program: string;

  /** Made by {@linkcode BpfProgram.attach}, which names its program. */
  constructor(link: NonNullable<Deno.PointerValue>, program: string) {
    this.#link = link;
    this.#program = program;
  }

  /** Detaches the program; a second call does nothing, whatever became of the first. */
  close(): void {
    if (this.#link === null) return;
    const link = this.#link;
    // It is freed also where it could not be detached.
    this.#link = null;
    checkResult(
      `detach program "${this.#program}"`,
      libbpf().bpf_link__destroy(link),
    );
  }

  /** Closes the link. */
  [Symbol.dispose](): void {
    this.close();
  }
}
