/**
 * Memory that the kernel shares: a mapping of a descriptor, for as long as it is
 * open. Nothing of it is handed out but numbers and copies, and its address to
 * a thread.
 *
 * @module
 */

import { BpfError } from "./error.ts";
import { errno, libc } from "./libc.ts";

/** prot and flags of mmap(2), the same on x86-64 and arm64. */
const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;

/** What mmap(2) answers when it fails: (void *)-1. */
const MAP_FAILED = (1n << 64n) - 1n;

/** What to map. */
export interface MappingOptions {
  readonly fd: number;
  /** Bytes from the beginning of the object on, a multiple of the page. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  /** Whether it may be written. */
  readonly writable: boolean;
}

/** One shared mapping. Every access after its close throws. */
export class Mapping implements Disposable {
  readonly #name: string;
  #address: Deno.PointerValue;
  #words: BigUint64Array<ArrayBuffer>;

  /** `name` completes the sentence "Cannot map …". */
  constructor(name: string, options: MappingOptions) {
    const { fd, offset, length, writable } = options;
    const address = libc().mmap(
      null,
      BigInt(length),
      writable ? PROT_READ | PROT_WRITE : PROT_READ,
      MAP_SHARED,
      fd,
      BigInt(offset),
    );
    if (address === null || Deno.UnsafePointer.value(address) === MAP_FAILED) {
      throw new BpfError(`map ${name}`, { errno: errno() });
    }
    this.#name = name;
    this.#address = address;
    this.#words = new BigUint64Array(
      Deno.UnsafePointerView.getArrayBuffer(address, length),
    );
  }

  /** Unmaps it; a second call does nothing. */
  close(): void {
    if (this.#address === null) return;
    libc().munmap(this.#address, BigInt(this.#words.byteLength));
    this.#address = null;
    this.#words = new BigUint64Array(0);
  }

  /** Unmaps it. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Bytes; 0 once it is closed. */
  get length(): number {
    return this.#words.byteLength;
  }

  /** UNSAFE: where it begins, for another thread; 0 once it is closed. */
  get address(): bigint {
    return Deno.UnsafePointer.value(this.#address);
  }

  /** The 64-bit word at `offset`, a multiple of 8; no later read comes before this one. */
  word(offset: number): bigint {
    return Atomics.load(this.#at(offset), offset / 8);
  }

  /** Writes the 64-bit word at `offset`; every earlier access comes before this one. */
  store(offset: number, value: bigint): void {
    Atomics.store(this.#at(offset), offset / 8, value);
  }

  /** A copy of `length` bytes from `offset` on, both multiples of 8. */
  copy(offset: number, length: number): Uint8Array<ArrayBuffer> {
    const from = offset / 8;
    const words = this.#at(offset + length - 8).slice(from, from + length / 8);
    return new Uint8Array(words.buffer);
  }

  #at(offset: number): BigUint64Array<ArrayBuffer> {
    if (offset % 8 === 0 && offset < this.#words.byteLength) return this.#words;
    throw new BpfError(`read ${this.#name}`, {
      cause: this.#address === null
        ? "it is closed"
        : `${offset} is no word of ${this.#words.byteLength} bytes`,
    });
  }
}
