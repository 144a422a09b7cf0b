/**
 * Where a reader of libbpf's puts the record at hand, to lend it from there.
 *
 * @module
 */

import { Loan, Sample } from "./sample.ts";

/** Memory for one record; each one takes the place of the last. */
export class Arena {
  readonly #loan = new Loan();
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);

  /** Copies `size` bytes from the kernel's memory and lends them until the next loan. */
  lend(from: Deno.PointerValue, size: number, cpu?: number): Sample {
    if (size > this.#bytes.length) {
      this.#bytes = new Uint8Array(2 ** Math.ceil(Math.log2(size)));
      this.#view = new DataView(this.#bytes.buffer);
    }
    if (from !== null && size > 0) {
      new Deno.UnsafePointerView(from).copyInto(this.#bytes.subarray(0, size));
    }
    this.end();
    return new Sample(this.#loan, this.#view, 0, size, cpu);
  }

  /** Ends the loan of the record at hand. */
  end(): void {
    this.#loan.end();
  }
}
