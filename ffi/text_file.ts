/**
 * Reads small files of the kernel's: /proc and /sys, for which Deno asks
 * `--allow-all` where a native call needs no more than `--allow-ffi`.
 *
 * @module
 */

import { toCString } from "./c_string.ts";
import { libc } from "./libc.ts";

/** O_CLOEXEC of open(2), the same on x86-64 and arm64; O_RDONLY is 0. */
const O_CLOEXEC = 0o2000000;

/** The text of a file, or `undefined` where it is not there or not to be read. */
export function readText(path: string): string | undefined {
  const fd = libc().open(toCString(path), O_CLOEXEC);
  if (fd < 0) return undefined;
  try {
    const text = new TextDecoder();
    const bytes = new Uint8Array(4096);
    let read = "";
    for (;;) {
      const length = Number(libc().read(fd, bytes, BigInt(bytes.length)));
      if (length < 0) return undefined;
      if (length === 0) return read + text.decode();
      read += text.decode(bytes.subarray(0, length), { stream: true });
    }
  } finally {
    libc().close(fd);
  }
}

/** Whether there is a file of this name that may be read. */
export function readable(path: string): boolean {
  const fd = libc().open(toCString(path), O_CLOEXEC);
  if (fd >= 0) libc().close(fd);
  return fd >= 0;
}
