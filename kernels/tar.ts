/**
 * The files of a tar archive, read as a stream: tar(5), "POSIX ustar Archives".
 *
 * @module
 */
import type { Bytes } from "./unpack.ts";

/** One entry of an archive. */
export interface TarEntry {
  /** As far as the header holds it: up to 255 bytes, no extension for longer ones is read. */
  readonly name: string;
  readonly isFile: boolean;
  readonly size: number;
  /** To be read before the next entry is asked for; what is left of it is skipped. */
  readonly body: Bytes;
}

const blockSize = 512;

/** Bytes in chunks, taken off by number. */
class Source {
  readonly #chunks: AsyncIterator<Uint8Array<ArrayBuffer>>;
  #chunk = new Uint8Array();

  constructor(bytes: Bytes) {
    this.#chunks = bytes[Symbol.asyncIterator]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chunks.return?.();
  }

  /** Up to `most` of the next bytes, none at the end. */
  async some(most: number): Promise<Uint8Array<ArrayBuffer>> {
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
      const chunk = await this.some(count.left);
      if (chunk.length === 0) throw new Error("The tar archive is cut short");
      count.left -= chunk.length;
      yield chunk;
    }
  }

  /** The next header; nothing behind the last entry. */
  async block(): Promise<Uint8Array | undefined> {
    const block = new Uint8Array(blockSize);
    let had = 0;
    for await (const chunk of this.take({ left: blockSize })) {
      block.set(chunk, had);
      had += chunk.length;
    }
    return block.some((byte) => byte !== 0) ? block : undefined;
  }
}

function field(block: Uint8Array, start: number, length: number): string {
  const text = new TextDecoder().decode(block.subarray(start, start + length));
  return text.replace(/\0.*$/s, "");
}

/** The checksum is over the header with blanks in the checksum's place. */
function isWhole(block: Uint8Array): boolean {
  const sum = block.reduce(
    (sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte),
    0,
  );
  return sum === parseInt(field(block, 148, 8), 8);
}

function parse(block: Uint8Array): Omit<TarEntry, "body"> {
  const octal = field(block, 124, 12).trim();
  if (!isWhole(block) || !/^[0-7]+$/.test(octal)) {
    throw new Error("The tar archive is damaged");
  }
  // GNU's own variant has "ustar " there, and other fields where ustar has the prefix.
  const prefix = field(block, 257, 6) === "ustar" ? field(block, 345, 155) : "";
  const name = field(block, 0, 100);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    isFile: ["0", ""].includes(field(block, 156, 1)),
    size: parseInt(octal, 8),
  };
}

/** The entries of `tar` in their order. Whoever stops reading ends the stream. */
export async function* tarEntries(tar: Bytes): AsyncGenerator<TarEntry> {
  await using source = new Source(tar);
  for (let block = await source.block(); block; block = await source.block()) {
    const header = parse(block);
    const count = { left: header.size };
    yield { ...header, body: source.take(count) };
    count.left += (blockSize - header.size % blockSize) % blockSize;
    for await (const _ of source.take(count));
  }
}
