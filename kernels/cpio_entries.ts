/**
 * The files of a cpio archive in the "new ASCII" format, read as a stream:
 * cpio(5). The payload of an rpm is one.
 *
 * @module
 */
import { Chunks, type Entry } from "./chunks.ts";
import type { Bytes } from "./unpack.ts";

const headerSize = 110;
const last = "TRAILER!!!";
const typeMask = 0o170000;
const regular = 0o100000;
/** The kernel's own limit of a path, PATH_MAX. */
const maxName = 4096;

/** Bytes that fill up to a multiple of four. */
const padding = (size: number): number => (4 - size % 4) % 4;

/** The eight hex digits of field `index`, counted from the first behind the magic. */
function field(header: string, index: number): number {
  return parseInt(header.slice(6 + index * 8, 14 + index * 8), 16);
}

/** The entries of `cpio` in their order. Whoever stops reading ends the stream. */
export async function* cpioEntries(cpio: Bytes): AsyncGenerator<Entry> {
  await using chunks = new Chunks(cpio, "cpio");
  const decoder = new TextDecoder();
  while (true) {
    const header = decoder.decode(await chunks.exactly(headerSize));
    if (!/^07070[12][0-9A-Fa-f]{104}$/.test(header)) {
      throw new Error("The cpio archive is damaged");
    }
    const [mode, size, length] = [1, 6, 11].map((i) => field(header, i));
    if (length === undefined || length > maxName || size === undefined) {
      throw new Error("The cpio archive is damaged");
    }
    const padded = length + padding(headerSize + length);
    const named = decoder.decode(await chunks.exactly(padded));
    const name = named.replace(/\0.*$/s, "");
    if (name === last) return;
    const isFile = ((mode ?? 0) & typeMask) === regular;
    const count = { left: size };
    yield { name, isFile, size, body: chunks.take(count) };
    count.left += padding(size);
    await chunks.skip(count);
  }
}
