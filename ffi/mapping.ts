/**
 * Memory that the kernel shares: a mapping of a descriptor, for as long as it is
 * open.
 *
 * @module
 */

import { errnoName } from "./errno.ts";
import { BpfError } from "./error.ts";
import { errno, libc } from "./libc.ts";
import { mmap, protection, sharing } from "./mmap.ts";

/** What to map. */
export interface MappingOptions {
  readonly fd: number;
  /** Bytes from the beginning of the object on, a multiple of the page. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  /** Whether it may be written. */
  readonly writable: boolean;
  /** What to do about a refusal of mmap(2), by the errno's name. */
  readonly remedies?: Readonly<Record<string, string>>;
}

/** One shared mapping. Every access after its close throws. */
export class Mapping implements Disposable {
  readonly #name: string;
  readonly #length: number;
  #address: Deno.PointerValue;
  #memory: ArrayBuffer;

  /** `name` completes the sentence "Cannot map …". */
  constructor(name: string, options: MappingOptions) {
    const { fd, offset, length, writable } = options;
    const { read, write } = protection;
    const address = mmap({
      ...{ fd, offset, length, sharing: sharing.shared },
      protection: writable ? read | write : read,
    });
    if (address === null) {
      const code = errno();
      const remedy = options.remedies?.[errnoName(code)];
      throw new BpfError(`map ${name}`, {
        errno: code,
        ...(remedy === undefined ? {} : { remedy }),
      });
    }
    this.#name = name;
    this.#length = length;
    this.#address = address;
    this.#memory = Deno.UnsafePointerView.getArrayBuffer(address, length);
  }

  /**
   * Unmaps it; a second call does nothing. The memory goes to a buffer of
   * another identity first, so that a view of it that was kept throws a
   * TypeError, where it would end the process.
   */
  close(): void {
    if (this.#address === null) return;
    this.#memory.transfer();
    libc().munmap(this.#address, BigInt(this.#length));
    this.#address = null;
  }

  /** Unmaps it. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** UNSAFE: the memory itself; not to be written unless it was mapped writable. */
  get memory(): ArrayBuffer {
    if (this.#address !== null) return this.#memory;
    throw new BpfError(`use ${this.#name}`, { cause: "it is closed" });
  }

  /** UNSAFE: where it begins, for another thread; 0 once it is closed. */
  get address(): bigint {
    return Deno.UnsafePointer.value(this.#address);
  }
}
