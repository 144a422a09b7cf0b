/**
 * The version in a kernel's banner, `Linux version 5.10.0 (who@where) …`, of init/version.c: what an
 * image that is not packed says of itself wherever it has no header for it.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { bytesAtSync } from "./bytes_at.ts";

/** The longest run of bytes that is read at once. */
const pieceSize = 1 << 22;
/** The banner fits into this, so a search may go on so far before the end of a piece. */
const overlap = 256;

/** The release in these bytes; nothing where there is no banner. */
export function bannerIn(bytes: Buffer): string | undefined {
  for (let i = -1; (i = bytes.indexOf("Linux version ", i + 1)) >= 0;) {
    const text = bytes.toString("latin1", i, i + overlap);
    const release = /^Linux version (\d[\x21-\x7e]*) \(/.exec(text)?.[1];
    if (release !== undefined) return release;
  }
  return undefined;
}

/** The release in `size` bytes of `file` from `offset` on; nothing where there is no banner. */
export function bannerAt(
  file: Deno.FsFile,
  offset: number,
  size: number,
): string | undefined {
  for (let at = 0; at < size; at += pieceSize - overlap) {
    const piece = Math.min(pieceSize, size - at);
    const { buffer, length } = bytesAtSync(file, offset + at, piece);
    const bytes = Buffer.from(buffer, 0, length);
    const release = bannerIn(bytes);
    // A segment may claim more than the file has.
    if (release !== undefined || bytes.length < piece) return release;
  }
  return undefined;
}
