/**
 * A program's attachment.
 *
 * @module
 */

import { libbpf } from "./libbpf.ts";

/** Keeps a program attached until it is closed. */
export class BpfLink implements Disposable {
  #link: Deno.PointerValue;

  /** Made by {@linkcode BpfProgram.attach}. */
  constructor(link: NonNullable<Deno.PointerValue>) {
    this.#link = link;
  }

  /** Detaches the program; a second call does nothing. */
  close(): void {
    if (this.#link === null) return;
    libbpf().bpf_link__destroy(this.#link);
    this.#link = null;
  }

  /** Closes the link. */
  [Symbol.dispose](): void {
    this.close();
  }
}
