/**
 * The unpacked kernel, `vmlinux` of a build: an ELF file that QEMU can boot
 * where it has the entry point of Xen's PVH, as CONFIG_PVH makes it.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { NotAnImage } from "./not_an_image.ts";

const little = true;
const machine = 0x12;
const x86_64 = 62;
const segment = { load: 1, note: 4 };
/** XEN_ELFNOTE_PHYS32_ENTRY of xen/interface/elfnote.h. */
const physicalEntry = 18;
/** The longest run of bytes that is read at once. */
const pieceSize = 1 << 22;
/** The banner fits into this, so a search may go on so far before the end of a piece. */
const overlap = 256;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
}

function read(file: Deno.FsFile, at: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  file.seekSync(at, Deno.SeekMode.Start);
  let had = 0;
  for (let n: number | null = 1; n && had < size; had += n ?? 0) {
    n = file.readSync(bytes.subarray(had));
  }
  return bytes.subarray(0, had);
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function segments(file: Deno.FsFile): Segment[] {
  const head = read(file, 0, 64);
  const view = viewOf(head);
  const is64 = head.length === 64 && head[4] === 2 && head[5] === 1;
  if (!is64 || view.getUint16(machine, little) !== x86_64) {
    throw new NotAnImage("is an ELF file, but not for x86-64");
  }
  const [start, count] = [
    Number(view.getBigUint64(0x20, little)),
    view.getUint16(0x38, little),
  ];
  const table = read(file, start, count * 56);
  const rows = viewOf(table);
  return Array.from({ length: Math.floor(table.length / 56) }, (_, i) => ({
    type: rows.getUint32(i * 56, little),
    offset: Number(rows.getBigUint64(i * 56 + 8, little)),
    size: Number(rows.getBigUint64(i * 56 + 32, little)),
  }));
}

/** Whether a note of the segment tells where the PVH entry point is. */
function hasEntry(file: Deno.FsFile, { offset, size }: Segment): boolean {
  const bytes = read(file, offset, Math.min(size, pieceSize));
  const view = viewOf(bytes);
  const padded = (length: number): number => Math.ceil(length / 4) * 4;
  for (let at = 0; at + 16 <= bytes.length;) {
    const [name, value, type] = [0, 4, 8].map((o) =>
      view.getUint32(at + o, little)
    );
    const isXen = bytes.toString("latin1", at + 12, at + 16) === "Xen\0";
    if (isXen && type === physicalEntry) return true;
    at += 12 + padded(name ?? 0) + padded(value ?? 0);
  }
  return false;
}

/** The version in the banner, `Linux version 5.10.0 (who@where) …`, of init/version.c. */
function banner(file: Deno.FsFile, { offset, size }: Segment): string {
  for (let at = 0; at < size; at += pieceSize - overlap) {
    const bytes = read(file, offset + at, Math.min(pieceSize, size - at));
    for (let i = -1; (i = bytes.indexOf("Linux version ", i + 1)) >= 0;) {
      const text = bytes.toString("latin1", i, i + overlap);
      const release = /^Linux version (\d[\x21-\x7e]*) \(/.exec(text)?.[1];
      if (release !== undefined) return release;
    }
  }
  return "";
}

/** The release of the vmlinux `file`. Throws {@link NotAnImage} where QEMU cannot boot it. */
export function vmlinuxRelease(file: Deno.FsFile): string {
  const all = segments(file);
  const loaded = all.filter(({ type }) => type === segment.load);
  const release = loaded.map((s) => banner(file, s)).find(Boolean);
  if (release === undefined) {
    throw new NotAnImage("is not a Linux kernel image but an ELF file");
  }
  const notes = all.filter(({ type }) => type === segment.note);
  if (notes.some((note) => hasEntry(file, note))) return release;
  throw new NotAnImage(
    "is a vmlinux without the entry point of CONFIG_PVH: take arch/x86/boot/bzImage of the build",
  );
}
