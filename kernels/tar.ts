/**
 * The files of a tar archive, read as a stream: tar(5), "POSIX ustar Archives".
 *
 * @module
 */
import { Chunks, type Entry } from "./chunks.ts";
import type { Bytes } from "./unpack.ts";

const blockSize = 512;

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

function parse(block: Uint8Array): Omit<Entry, "body"> {
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

/** The next header; nothing behind the last entry. */
async function next(chunks: Chunks): Promise<Uint8Array | undefined> {
  const block = await chunks.exactly(blockSize);
  return block.some((byte) => byte !== 0) ? block : undefined;
}

/**
 * The entries of `tar` in their order; a name is what the header holds, up to
 * 255 bytes, no extension for longer ones is read. Whoever stops reading ends the stream.
 */
export async function* tarEntries(tar: Bytes): AsyncGenerator<Entry> {
  await using chunks = new Chunks(tar, "tar");
  for (let block = await next(chunks); block; block = await next(chunks)) {
    const header = parse(block);
    const count = { left: header.size };
    yield { ...header, body: chunks.take(count) };
    count.left += (blockSize - header.size % blockSize) % blockSize;
    await chunks.skip(count);
  }
}
