/**
 * Tells what a path leads to, for which Deno asks `--allow-read` where a native
 * call needs no more than `--allow-ffi`.
 *
 * @module
 */

import { littleEndian } from "./byte_order.ts";
import { toCString } from "./c_string.ts";
import { libc } from "./libc.ts";

/** Of fcntl.h and linux/stat.h. */
const AT_FDCWD = -100;
const STATX_TYPE = 1;

/** struct statx of linux/stat.h, the same on all machines. */
const [statusSize, modeAt] = [256, 28];

/** The types of inode(7) but for the regular file, by the upper four of a mode's 16 bits. */
const kinds: Readonly<Record<number, string>> = {
  ...{ 1: "a FIFO", 2: "a device", 4: "a folder", 6: "a device" },
  12: "a socket",
};

/**
 * What a path leads to where that is no regular file: `"a folder"`. `undefined`
 * of a file, of nothing, and where the system does not tell.
 */
export function kindBesideFile(path: string): string | undefined {
  const status = new Uint8Array(statusSize);
  const result = libc()
    .statx?.(AT_FDCWD, toCString(path), 0, STATX_TYPE, status);
  if (result !== 0) return undefined;
  const mode = new DataView(status.buffer).getUint16(modeAt, littleEndian);
  return kinds[mode >> 12];
}
