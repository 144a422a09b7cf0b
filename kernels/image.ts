/**
 * What a Linux kernel image says of itself. For x86: the header, as the kernel's
 * Documentation/arch/x86/boot.rst lays it out, or the banner of a vmlinux; for
 * arm64 see arm64_image.ts.
 *
 * @module
 */
import type { Arch } from "./arch.ts";
import {
  arm64Release,
  isArm64,
  isZboot,
  packedArm64Release,
} from "./arm64_image.ts";
import { bytesAtSync } from "./bytes_at.ts";
import { NotAnImage } from "./not_an_image.ts";
import { vmlinuxRelease } from "./vmlinux.ts";

export { NotAnImage };

/** What an image says of itself. */
export interface Header {
  /** First word of the version string, such as `5.10.0-46-amd64`. */
  readonly release: string;
  /** Whose processor it is for. */
  readonly arch: Arch;
}

const little = true;
const setupSectors = 0x1f1;
const paragraphs = 0x1f4;
const magic = 0x202;
const protocol = 0x206;
const versionPointer = 0x20e;
const loadFlags = 0x236;
const payload = { offset: 0x248, length: 0x24c };
const elf = "\x7fELF";
const gzip = "\x1f\x8b";
/** The version's offset is 16 bits wide, from 0x200 on, so the header is within this. */
const headerBytes = 0x200 + 0x10000 + 256;

/** Reads the header of the first bytes of an image for x86 of `size` bytes. Throws {@link NotAnImage}. */
export function parseHeader(bytes: Uint8Array, size: number): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (
    bytes.length < 0x268 ||
    view.getUint32(magic, little) !== 0x53726448 /* HdrS */
  ) {
    throw new NotAnImage(`is not a Linux kernel image${lookalike(bytes)}`);
  }
  const whole = ((bytes[setupSectors] || 4) + 1) * 512 +
    view.getUint32(paragraphs, little) * 16;
  if (size < whole) {
    throw new NotAnImage(`is cut short: ${size} of ${whole} bytes`);
  }
  // Protocol 2.12 tells by bit 0 whether the 64-bit entry point is there.
  if (
    view.getUint16(protocol, little) < 0x20c || !(view.getUint8(loadFlags) & 1)
  ) {
    throw new NotAnImage("is a Linux kernel image, but not for x86-64");
  }
  return {
    release: release(bytes, view.getUint16(versionPointer, little) + 0x200),
    arch: "x86_64",
  };
}

function release(bytes: Uint8Array, start: number): string {
  const text = new TextDecoder("latin1").decode(
    bytes.subarray(start, start + 256),
  );
  const word = /^[\x21-\x7e]+(?=[ \0])/.exec(text)?.[0];
  if (word === undefined) {
    throw new NotAnImage("is a Linux kernel image without a version");
  }
  return word;
}

/** What people hand over instead of a bzImage, and what to hand over. */
function lookalike(bytes: Uint8Array): string {
  const text = String.fromCharCode(...bytes.subarray(0, 64));
  if (text.startsWith(elf)) return " but an ELF file";
  if (text.startsWith("!<arch>")) {
    return " but a package";
  }
  if (isZboot(bytes)) {
    return " that QEMU can start, but one for EFI (CONFIG_EFI_ZBOOT): take arch/arm64/boot/Image of the build";
  }
  return "";
}

/** Reads the header of the file at `path`. Throws {@link NotAnImage}, or the system's error. */
export function readHeader(path: string): Header {
  const { isFile, isDirectory, size } = Deno.statSync(path);
  if (!isFile) {
    throw new NotAnImage(
      `is ${isDirectory ? "a folder" : "not a regular file"}`,
    );
  }
  using file = Deno.openSync(path);
  const read = bytesAtSync(file, 0, headerBytes);
  const beginning = String.fromCharCode(...read.subarray(0, 4));
  if (beginning === elf) {
    return { release: vmlinuxRelease(file), arch: "x86_64" };
  }
  if (isArm64(read)) {
    return { release: arm64Release(file, read, size), arch: "aarch64" };
  }
  if (beginning.startsWith(gzip)) {
    const release = packedArm64Release(Deno.readFileSync(path));
    return { release, arch: "aarch64" };
  }
  return parseHeader(read, size);
}

/** Where in the file at `path` the packed kernel is; nothing for one that is not packed. */
export function payloadOf(
  path: string,
): { readonly offset: number; readonly length: number } | undefined {
  using file = Deno.openSync(path);
  const bytes = new Uint8Array(0x268);
  bytes.set(bytesAtSync(file, 0, bytes.length));
  const beginning = String.fromCharCode(...bytes.subarray(0, 4));
  if (beginning === elf || isArm64(bytes)) return undefined;
  if (beginning.startsWith(gzip)) {
    return { offset: 0, length: file.statSync().size };
  }
  const view = new DataView(bytes.buffer);
  const start = ((bytes[setupSectors] || 4) + 1) * 512;
  return {
    offset: start + view.getUint32(payload.offset, little),
    length: view.getUint32(payload.length, little),
  };
}
