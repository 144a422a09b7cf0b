/**
 * What a binary or a shared library says that it needs: the dynamic section of its ELF file
 * (System V ABI, chapter 5), read without a loader, so that it may be of another processor.
 *
 * @module
 */
import { type Arch, arches } from "./arch.ts";
import { bytesAtSync } from "./bytes_at.ts";

/** What is read of one file. */
export interface Linked {
  readonly arch: Arch;
  /** The path of its loader; a shared library has none. */
  readonly loader: string | undefined;
  /** What others call it; a program has none. */
  readonly soname: string | undefined;
  /** The sonames of the libraries that it needs. */
  readonly needed: readonly string[];
}

const little = true;
/** e_machine of elf.h. */
const machines: Readonly<Record<number, Arch>> = {
  62: "x86_64",
  183: "aarch64",
};
/** p_type of elf.h. */
const segment = { load: 1, dynamic: 2, interp: 3 };
/** d_tag of elf.h. */
const tag = { end: 0, needed: 1, strings: 5, soname: 14 };
/** Paths and sonames are shorter than this. */
const mostText = 4096;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/** Reads the file at `path`. Throws an error that says what it is instead, or the system's. */
export function readElf(path: string): Linked {
  using file = Deno.openSync(path);
  const head = view(file, 0, 64);
  const arch = archOf(head);
  if (arch === undefined) {
    const known = Object.values(arches).map(({ label }) => label);
    throw new Error(`${path} is no binary for ${known.join(" or ")}`);
  }
  const segments = readSegments(file, head);
  const at = (type: number): Segment | undefined =>
    segments.find((segment) => segment.type === type);
  const interp = at(segment.interp);
  const loader = interp && textAt(file, interp.offset);
  const dynamic = at(segment.dynamic);
  if (dynamic === undefined) {
    return { arch, loader, soname: undefined, needed: [] };
  }
  const entries = readDynamic(file, dynamic);
  const strings = entries.find(([key]) => key === tag.strings)?.[1] ?? 0;
  const names = (wanted: number): string[] =>
    entries.filter(([key]) => key === wanted)
      .map(([, name]) => textAt(file, placeOf(segments, strings) + name));
  return {
    ...{ arch, loader },
    soname: names(tag.soname)[0],
    needed: names(tag.needed),
  };
}

/** Of a 64-bit file of the low byte first: magic, class and data of e_ident. */
function archOf(head: DataView): Arch | undefined {
  const big = false;
  const isElf = head.byteLength === 64 &&
    head.getUint32(0, big) === 0x7f454c46 && head.getUint16(4, big) === 0x0201;
  return isElf ? machines[head.getUint16(0x12, little)] : undefined;
}

function view(file: Deno.FsFile, at: number, size: number): DataView {
  const { buffer, byteOffset, length } = bytesAtSync(file, at, size);
  return new DataView(buffer, byteOffset, length);
}

/** Elf64_Phdr: 56 bytes each; what is cut off is not there. */
function readSegments(file: Deno.FsFile, head: DataView): Segment[] {
  const start = Number(head.getBigUint64(0x20, little));
  const rows = view(file, start, head.getUint16(0x38, little) * 56);
  const count = Math.floor(rows.byteLength / 56);
  return Array.from({ length: count }, (_, row) => ({
    type: rows.getUint32(row * 56, little),
    offset: Number(rows.getBigUint64(row * 56 + 8, little)),
    address: Number(rows.getBigUint64(row * 56 + 16, little)),
    size: Number(rows.getBigUint64(row * 56 + 32, little)),
  }));
}

/** Elf64_Dyn: a tag and a value, 8 bytes each, up to DT_NULL. */
function readDynamic(
  file: Deno.FsFile,
  { offset, size }: Segment,
): (readonly [key: number, value: number])[] {
  const rows = view(file, offset, size);
  const all = Array.from(
    { length: Math.floor(rows.byteLength / 16) },
    (_, row) =>
      [
        Number(rows.getBigUint64(row * 16, little)),
        Number(rows.getBigUint64(row * 16 + 8, little)),
      ] as const,
  );
  const end = all.findIndex(([key]) => key === tag.end);
  return end < 0 ? all : all.slice(0, end);
}

/** Where the file has what is loaded at `address`. */
function placeOf(segments: readonly Segment[], address: number): number {
  const home = segments.find((one) =>
    one.type === segment.load && one.address <= address &&
    address < one.address + one.size
  );
  return home === undefined ? address : address - home.address + home.offset;
}

/** The text up to its NUL. */
function textAt(file: Deno.FsFile, at: number): string {
  const bytes = bytesAtSync(file, at, mostText);
  const end = Math.max(0, bytes.indexOf(0));
  return String.fromCharCode(...bytes.subarray(0, end));
}
