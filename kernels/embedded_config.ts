/**
 * The configuration that an image carries, where it was built with
 * CONFIG_IKCONFIG: gzip between two marks, in the unpacked kernel.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { bytesAt, sliceOf } from "./bytes_at.ts";
import { place } from "./cached.ts";
import { hex } from "./digest.ts";
import { payloadOf } from "./image.ts";
import { type ProvisionOptions, Unavailable } from "./kernel.ts";
import type { Supply } from "./supplier.ts";
import { type Bytes, MissingTool, unpack } from "./unpack.ts";

/** By how the payload begins: its format, as scripts/extract-vmlinux of the kernel knows them. */
const formats: readonly (readonly [magic: string, ending: string])[] = [
  ["1f8b08", "gz"],
  ["fd377a585a00", "xz"],
  ["28b52ffd", "zst"],
  ["02214c18", "lz4"],
  ["425a68", "bz2"],
  ["5d000000", "lzma"],
];

/** Behind the payload the build puts its unpacked size; only gzip has it as a part of itself. */
const sizeBytes = 4;

/** Of kernel/configs.c. */
const marks = { start: Buffer.from("IKCFG_ST"), end: Buffer.from("IKCFG_ED") };
/** No configuration is larger, packed. */
const maxConfig = 1 << 20;
const maxText = 1 << 24;

/** Nothing for bytes that only look like a configuration. */
function gunzip(bytes: Buffer): string | undefined {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxText }).toString();
  } catch {
    return undefined;
  }
}

/** The configuration in an unpacked kernel, read as a stream. */
async function search(kernel: Bytes): Promise<string | undefined> {
  let held = Buffer.alloc(0);
  for await (const chunk of kernel) {
    held = Buffer.concat([held, chunk]);
    const start = held.indexOf(marks.start);
    const from = start < 0 ? held.length - marks.start.length : start;
    held = held.subarray(Math.max(0, from));
    const end = start < 0 ? -1 : held.indexOf(marks.end);
    if (end >= 0) {
      return gunzip(held.subarray(marks.start.length, end));
    }
    if (held.length > maxConfig) held = held.subarray(marks.start.length);
  }
  return undefined;
}

async function unpacked(file: Deno.FsFile, path: string): Promise<Bytes> {
  const payload = payloadOf(path);
  const { size } = await file.stat();
  if (payload === undefined) return sliceOf(file, 0, size);
  const { offset, length } = payload;
  const magic = hex(await bytesAt(file, offset, 8));
  const ending = formats.find(([begin]) => magic.startsWith(begin))?.[1] ?? "";
  const end = offset + length - (ending === "gz" ? 0 : sizeBytes);
  return unpack(`the kernel in ${path}.${ending}`, sliceOf(file, offset, end));
}

async function read(path: string): Promise<string> {
  using file = await Deno.open(path);
  try {
    return await search(await unpacked(file, path)) ?? "";
  } catch (error) {
    // What is damaged or in a format that nobody here knows tells nothing; it may boot all the same.
    const isMissing = error instanceof MissingTool;
    if (error instanceof Unavailable && !isMissing) return "";
    throw error;
  }
}

/** The configuration within the image, if it has one and it can be read; looked for once. */
export async function configIn(
  { path, imageSha256 }: Supply,
  { cache }: ProvisionOptions,
): Promise<string | undefined> {
  const kept = join(cache, "kernels", "configs", imageSha256);
  try {
    await place(
      kept,
      async (part) => Deno.writeTextFile(part, await read(path)),
    );
  } catch (error) {
    // Without the program that unpacks it nothing is known, and nothing is remembered.
    if (error instanceof MissingTool) return undefined;
    throw error;
  }
  const text = await Deno.readTextFile(kept);
  return text === "" ? undefined : text;
}
