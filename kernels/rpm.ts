/**
 * The files in an rpm: a lead of 96 bytes, a header that signs, a header that
 * tells, and a packed cpio archive, as rpm's docs/manual/format.md has it.
 *
 * @module
 */
import { bytesAt, sliceOf } from "./bytes_at.ts";
import type { Entry } from "./chunks.ts";
import { cpioEntries } from "./cpio_entries.ts";
import { unpack } from "./unpack.ts";

/** One of the two headers: its bytes as they are signed, and what is in them. */
export interface RpmHeader {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly end: number;
  /** The bytes from where the value of a tag begins. */
  value(tag: number): Uint8Array<ArrayBuffer> | undefined;
  /** How many values the tag has; the bytes of a binary one. */
  count(tag: number): number;
}

/** What is needed of a package before its files. */
export interface Rpm {
  readonly signatures: RpmHeader;
  readonly header: RpmHeader;
}

const leadSize = 96;
const leadMagic = 0xedabeedb;
const headerMagic = 0x8eade801;
const introSize = 16;
const entrySize = 16;
/** The header of a kernel's package has 0.5 MB; rpm itself refuses more than this. */
const maxHeader = 1 << 28;
const payloadCompressor = 1125;

/** Names of compressions as rpm has them, by the ending that files have. */
const endings: Readonly<Record<string, string>> = {
  gzip: "gz",
  xz: "xz",
  zstd: "zst",
};

interface Place {
  readonly offset: number;
  readonly count: number;
}

function places(view: DataView, entries: number): Map<number, Place> {
  return new Map(Array.from({ length: entries }, (_, i) => {
    const at = introSize + i * entrySize;
    const [tag, offset, count] = [0, 8, 12].map((o) => view.getUint32(at + o));
    return [tag ?? 0, { offset: offset ?? 0, count: count ?? 0 }];
  }));
}

async function header(file: Deno.FsFile, at: number): Promise<RpmHeader> {
  const intro = await bytesAt(file, at, introSize);
  const word = new DataView(intro.buffer);
  if (intro.length < introSize || word.getUint32(0) !== headerMagic) {
    throw new Error(`The rpm is damaged at byte ${at}`);
  }
  const [entries, store] = [word.getUint32(8), word.getUint32(12)];
  const size = introSize + entries * entrySize + store;
  if (size > maxHeader) throw new Error(`The rpm is damaged at byte ${at}`);
  // What it claims is asked for only where it can be.
  const { size: whole } = await file.stat();
  if (at + size > whole) throw new Error("The rpm is cut short");
  const bytes = await bytesAt(file, at, size);
  const tags = places(new DataView(bytes.buffer), entries);
  return {
    bytes,
    end: at + size,
    value(tag): Uint8Array<ArrayBuffer> | undefined {
      const place = tags.get(tag);
      return place && bytes.subarray(size - store + place.offset);
    },
    count: (tag) => tags.get(tag)?.count ?? 0,
  };
}

/** The first string of a tag. */
export function textOf(header: RpmHeader, tag: number): string | undefined {
  const bytes = header.value(tag);
  const end = bytes?.indexOf(0) ?? -1;
  return end < 0
    ? undefined
    : new TextDecoder().decode(bytes?.subarray(0, end));
}

/** The headers of the package `file`. Throws where it is none, damaged or cut short. */
export async function readRpm(file: Deno.FsFile): Promise<Rpm> {
  const lead = await bytesAt(file, 0, leadSize);
  if (
    lead.length < leadSize ||
    new DataView(lead.buffer).getUint32(0) !== leadMagic
  ) {
    throw new Error("It is not an rpm");
  }
  const signatures = await header(file, leadSize);
  // The second header begins at a multiple of eight.
  const start = Math.ceil(signatures.end / 8) * 8;
  return { signatures, header: await header(file, start) };
}

/** The files that the package `file` would install, in their order. */
export async function* rpmEntries(
  file: Deno.FsFile,
  signal?: AbortSignal,
): AsyncGenerator<Entry> {
  const { header } = await readRpm(file);
  const packing = textOf(header, payloadCompressor) ?? "gzip";
  const { size } = await file.stat();
  const payload = sliceOf(file, header.end, size, signal);
  yield* cpioEntries(
    unpack(`payload.${endings[packing] ?? packing}`, payload),
  );
}
