/**
 * Bytes that come in chunks, taken off by number: what readers of archives stand on.
 *
 * @module
 */
import type { Bytes } from "./unpack.ts";

/** One file in an archive. */
export interface Entry {
  readonly name: string;
  readonly isFile: boolean;
  readonly size: number;
  /** To be read before the next entry is asked for; what is left of it is skipped. */
  readonly body: Bytes;
}

/** A stream with a place in it. */
export class Chunks {
  readonly #chunks: AsyncIterator<Uint8Array<ArrayBuffer>>;
  #chunk = new Uint8Array();

  /** `format` is what an error says is cut short, such as `tar`. */
  constructor(bytes: Bytes, readonly format: string) {
    this.#chunks = bytes[Symbol.asyncIterator]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chunks.return?.();
  }

  /** Up to `most` of the next bytes, none at the end. */
  async #some(most: number): Promise<Uint8Array<ArrayBuffer>> {
    while (this.#chunk.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done) return this.#chunk;
      this.#chunk = value;
    }
    const taken = this.#chunk.subarray(0, most);
    this.#chunk = this.#chunk.subarray(taken.length);
    return taken;
  }

  /** The next bytes, until `count` has none left; who comes later goes on with what is left. */
  async *take(count: { left: number }): Bytes {
    while (count.left > 0) {
      const chunk = await this.#some(count.left);
      if (chunk.length === 0) {
        throw new Error(`The ${this.format} archive is cut short`);
      }
      count.left -= chunk.length;
      yield chunk;
    }
  }

  /** The next `size` bytes as one array. */
  async exactly(size: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(size);
    let had = 0;
    for await (const chunk of this.take({ left: size })) {
      bytes.set(chunk, had);
      had += chunk.length;
    }
    return bytes;
  }

  /** Passes over what is left of a count. */
  async skip(count: { left: number }): Promise<void> {
    for await (const _ of this.take(count));
  }
}
