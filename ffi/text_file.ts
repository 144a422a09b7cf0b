/**
 * Reads small files of the kernel's: /proc and /sys, for which Deno asks
 * `--allow-all` where a native call needs no more than `--allow-ffi`.
 *
 * @module
 */

import { toCString } from "./c_string.ts";
import { BpfError } from "./error.ts";
import { errno, libc } from "./libc.ts";

/** O_CLOEXEC of open(2), the same on x86-64 and arm64; O_RDONLY is 0. */
const O_CLOEXEC = 0o2000000;

/** The text of a file, or `undefined` where it is not there or not to be read. */
export function readText(path: string): string | undefined {
  const text = read(path);
  return typeof text === "string" ? text : undefined;
}

/** The text of a file that has to be there; the error says what it was to be read for. */
export function requireText(action: string, path: string): string {
  const text = read(path);
  if (typeof text === "string") return text;
  throw new BpfError(action, { errno: text.errno, cause: `reading ${path}` });
}

/** The text, or why there is none. */
function read(path: string): string | { readonly errno: number } {
  const fd = libc().open(toCString(path), O_CLOEXEC);
  if (fd < 0) return { errno: errno() };
  try {
    const text = new TextDecoder();
    const bytes = new Uint8Array(4096);
    let had = "";
    for (;;) {
      const length = Number(libc().read(fd, bytes, BigInt(bytes.length)));
      if (length < 0) return { errno: errno() };
      if (length === 0) return had + text.decode();
      had += text.decode(bytes.subarray(0, length), { stream: true });
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
