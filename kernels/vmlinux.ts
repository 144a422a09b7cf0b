/**
 * The unpacked kernel, `vmlinux` of a build: an ELF file that QEMU can boot
 * where it has the entry point of Xen's PVH, as CONFIG_PVH makes it.
 *
 * @module
 */
import { bannerAt } from "./banner.ts";
import { bytesAtSync } from "./bytes_at.ts";
import { NotAnImage } from "./not_an_image.ts";

const little = true;
const machine = 0x12;
const x86_64 = 62;
const segment = { load: 1, note: 4 };
/** XEN_ELFNOTE_PHYS32_ENTRY of xen/interface/elfnote.h. */
const physicalEntry = 18;
/** Notes are few; no more of them is read. */
const mostNotes = 1 << 22;

/** A kernel has five; each may be searched from end to end. */
const mostSegments = 64;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function segments(file: Deno.FsFile): Segment[] {
  const head = bytesAtSync(file, 0, 64);
  const view = viewOf(head);
  const is64 = head.length === 64 && head[4] === 2 && head[5] === 1;
  if (!is64 || view.getUint16(machine, little) !== x86_64) {
    throw new NotAnImage("is an ELF file, but not for x86-64");
  }
  const [start, count] = [
    Number(view.getBigUint64(0x20, little)),
    view.getUint16(0x38, little),
  ];
  if (count > mostSegments) {
    throw new NotAnImage(`is an ELF file of ${count} segments`);
  }
  const table = bytesAtSync(file, start, count * 56);
  const rows = viewOf(table);
  return Array.from({ length: Math.floor(table.length / 56) }, (_, i) => ({
    type: rows.getUint32(i * 56, little),
    offset: Number(rows.getBigUint64(i * 56 + 8, little)),
    size: Number(rows.getBigUint64(i * 56 + 32, little)),
  }));
}

/** Whether a note of the segment tells where the PVH entry point is. */
function hasEntry(file: Deno.FsFile, { offset, size }: Segment): boolean {
  const bytes = bytesAtSync(file, offset, Math.min(size, mostNotes));
  const view = viewOf(bytes);
  const padded = (length: number): number => Math.ceil(length / 4) * 4;
  for (let at = 0; at + 16 <= bytes.length;) {
    const [name, value, type] = [0, 4, 8].map((o) =>
      view.getUint32(at + o, little)
    );
    const isXen =
      String.fromCharCode(...bytes.subarray(at + 12, at + 16)) === "Xen\0";
    if (isXen && type === physicalEntry) return true;
    at += 12 + padded(name ?? 0) + padded(value ?? 0);
  }
  return false;
}

/** The release of the vmlinux `file`. Throws {@link NotAnImage} where QEMU cannot boot it. */
export function vmlinuxRelease(file: Deno.FsFile): string {
  const all = segments(file);
  const loaded = all.filter(({ type }) => type === segment.load);
  const release = loaded.map(({ offset, size }) => bannerAt(file, offset, size))
    .find(Boolean);
  if (release === undefined) {
    throw new NotAnImage("is not a Linux kernel image but an ELF file");
  }
  const notes = all.filter(({ type }) => type === segment.note);
  if (notes.some((note) => hasEntry(file, note))) return release;
  throw new NotAnImage(
    "is a vmlinux without the entry point of CONFIG_PVH: take arch/x86/boot/bzImage of the build",
  );
}
