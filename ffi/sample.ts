/**
 * The bytes of one record, lent for the length of a callback.
 *
 * @module
 */

import { BpfError } from "./error.ts";

/**
 * One record's bytes, borrowed: they may be read until the callback returns.
 * Afterwards every access throws; {@linkcode Sample.copy} keeps them.
 */
export class Sample {
  readonly #arena: Arena;
  readonly #turn: number;
  /** Bytes of the record. */
  readonly size: number;

  /** Made by {@linkcode Arena}. */
  constructor(arena: Arena, turn: number, size: number) {
    this.#arena = arena;
    this.#turn = turn;
    this.size = size;
  }

  /**
   * The bytes for reading, until the callback returns; at the end of the drain
   * the view is detached, and throws a TypeError.
   */
  view(): DataView<ArrayBuffer> {
    return this.#arena.view(this.#turn, this.size);
  }

  /** A copy that is the caller's own; with `size`, of that many bytes at most. */
  copy(size: number = this.size): Uint8Array<ArrayBuffer> {
    const bytes = this.#arena.view(this.#turn, this.size);
    return new Uint8Array(bytes.buffer, 0, Math.min(size, this.size)).slice();
  }
}

/** Where a reader puts the record at hand; each one takes the place of the last. */
export class Arena {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #turn = 0;
  #lent = false;

  /** Copies `size` bytes from the kernel's memory and lends them. */
  lend(from: Deno.PointerValue, size: number): Sample {
    if (size > this.#bytes.length) {
      this.#bytes = new Uint8Array(2 ** Math.ceil(Math.log2(size)));
      this.#view = new DataView(this.#bytes.buffer);
    }
    if (from !== null && size > 0) {
      new Deno.UnsafePointerView(from).copyInto(this.#bytes.subarray(0, size));
    }
    this.#lent = true;
    return new Sample(this, ++this.#turn, size);
  }

  /**
   * Ends the loan of the record at hand. The bytes move to a buffer of another
   * identity, without a copy: a view that was kept throws from now on.
   */
  end(): void {
    if (!this.#lent) return;
    this.#lent = false;
    this.#turn++;
    const moved = this.#bytes.buffer.transfer();
    this.#bytes = new Uint8Array(moved);
    this.#view = new DataView(moved);
  }

  /** The bytes, if `turn` is that of the record at hand. */
  view(turn: number, size: number): DataView<ArrayBuffer> {
    if (turn === this.#turn) {
      return size === this.#bytes.length
        ? this.#view
        : new DataView(this.#bytes.buffer, 0, size);
    }
    throw new BpfError("read a borrowed sample", {
      cause: "its callback has returned",
      remedy: "keep sample.copy() instead",
    });
  }
}
