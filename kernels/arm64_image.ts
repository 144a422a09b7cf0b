/**
 * What a Linux kernel image for arm64 says of itself: the header of the kernel's
 * Documentation/arch/arm64/booting.rst, in front of the kernel as it is, or of that as gzip. It has
 * no version, so the banner is looked for.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import { gunzipSync } from "node:zlib";
import { bannerAt, bannerIn } from "./banner.ts";
import { NotAnImage } from "./not_an_image.ts";

const little = true;
const magicAt = 56;
const magic = "ARM\x64";
/** Where the header of the EFI stub is; the image is a PE file as well. */
const peAt = 60;
const pe = "PE\0\0";
/** Debian's images have 30 to 45 MB; a bound on what gzip can make of a few bytes. */
const mostBytes = 1 << 28;

/** Whether the bytes that a file begins with are those of an image for arm64. */
export function isArm64(bytes: Uint8Array): boolean {
  return textAt(bytes, magicAt, 4) === magic;
}

/** Whether they are of an image that unpacks itself, but only as EFI starts it: CONFIG_EFI_ZBOOT. */
export function isZboot(bytes: Uint8Array): boolean {
  return textAt(bytes, 0, 8) === "MZ\0\0zimg";
}

/** The release of the image `file`, `size` bytes of which `bytes` are the first. Throws {@link NotAnImage}. */
export function arm64Release(
  file: Deno.FsFile,
  bytes: Uint8Array,
  size: number,
): string {
  const whole = end(bytes);
  if (size < whole) {
    throw new NotAnImage(`is cut short: ${size} of ${whole} bytes`);
  }
  return named(bannerAt(file, 0, size));
}

/** The release of the image that is the gzip file `packed`. Throws {@link NotAnImage}. */
export function packedArm64Release(packed: Uint8Array): string {
  const bytes = gunzip(packed);
  if (!isArm64(bytes)) {
    throw new NotAnImage("is a gzip file, but of no Linux kernel for arm64");
  }
  return named(bannerIn(bytes));
}

function gunzip(packed: Uint8Array): Buffer {
  try {
    return gunzipSync(packed, { maxOutputLength: mostBytes });
  } catch {
    throw new NotAnImage("is a gzip file that is damaged or cut short");
  }
}

function named(release: string | undefined): string {
  if (release !== undefined) return release;
  throw new NotAnImage("is a Linux kernel image without a version");
}

/**
 * Where the last of the PE file's sections ends; 0 where there is no EFI stub. Behind the signature
 * there are the COFF header (the number of sections at 2, the optional header's size at 16, 20
 * bytes in all), the optional header, and 40 bytes of each section (size at 16, place at 20).
 */
function end(bytes: Uint8Array): number {
  if (bytes.length < peAt + 4) return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = view.getUint32(peAt, little);
  if (textAt(bytes, at, 4) !== pe || at + 24 > bytes.length) return 0;
  const sections = view.getUint16(at + 6, little);
  const first = at + 24 + view.getUint16(at + 20, little);
  const ends = Array.from({ length: sections }, (_, index) => {
    const section = first + 40 * index;
    if (section + 40 > bytes.length) return 0;
    const size = view.getUint32(section + 16, little);
    return size + view.getUint32(section + 20, little);
  });
  return Math.max(0, ...ends);
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
