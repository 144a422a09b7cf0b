/**
 * The bytes that a file has at an offset: all that is asked for and there, and never more. What a
 * damaged file claims of itself costs no memory.
 *
 * @module
 */
import type { Bytes } from "./unpack.ts";

/** How many of `size` bytes from `at` on a file has. */
function there(file: Deno.FileInfo, at: number, size: number): number {
  return at < 0 ? 0 : Math.max(0, Math.min(size, file.size - at));
}

/** Up to `size` bytes of `file` from `at` on; fewer at its end, none behind it, whatever is asked for. */
export async function bytesAt(
  file: Deno.FsFile,
  at: number,
  size: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(there(await file.stat(), at, size));
  if (bytes.length === 0) return bytes;
  await file.seek(at, Deno.SeekMode.Start);
  let had = 0;
  for (let n: number | null = 1; n && had < bytes.length; had += n ?? 0) {
    n = await file.read(bytes.subarray(had));
  }
  return bytes.subarray(0, had);
}

/** As {@linkcode bytesAt}, at once. */
export function bytesAtSync(
  file: Deno.FsFile,
  at: number,
  size: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(there(file.statSync(), at, size));
  if (bytes.length === 0) return bytes;
  file.seekSync(at, Deno.SeekMode.Start);
  let had = 0;
  for (let n: number | null = 1; n && had < bytes.length; had += n ?? 0) {
    n = file.readSync(bytes.subarray(had));
  }
  return bytes.subarray(0, had);
}

const chunkSize = 1 << 18;

/** The bytes of `file` from `start` to before `end`, in chunks. Throws the signal's reason. */
export async function* sliceOf(
  file: Deno.FsFile,
  start: number,
  end: number,
  signal?: AbortSignal,
): Bytes {
  for (let at = start; at < end; at += chunkSize) {
    signal?.throwIfAborted();
    yield await bytesAt(file, at, Math.min(chunkSize, end - at));
  }
}
