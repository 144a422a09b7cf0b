/**
 * ELF files that hold a dynamic section and nothing to run.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** What a file says; as shared libraries and programs do. */
export interface Says {
  /** e_machine: 62 is x86-64, 183 is arm64. */
  readonly machine: number;
  readonly loader?: string;
  readonly soname?: string;
  readonly needed?: readonly string[];
  /** Where the text is loaded, behind where the file has it. */
  readonly shift?: number;
}

const little = true;
const [headerSize, segmentSize, entrySize] = [64, 56, 16];

/** A 64-bit ELF file, the low byte first. */
export function elf(says: Says): Uint8Array<ArrayBuffer> {
  const { shift = 0x10000, needed = [], soname, loader } = says;
  let text = "\0";
  const keep = (word: string): number => {
    const at = text.length;
    text += `${word}\0`;
    return at;
  };
  const loaderAt = keep(loader ?? "");
  const names = [
    ...needed.map((name) => [1, keep(name)]),
    ...soname === undefined ? [] : [[14, keep(soname)]],
  ];
  const textAt = headerSize + 3 * segmentSize;
  const dynamicAt = textAt + Math.ceil(text.length / 8) * 8;
  const dynamic = [...names, [5, textAt + shift], [0, 0], [1, 0]];
  const size = dynamicAt + dynamic.length * entrySize;
  const view = new DataView(new ArrayBuffer(size));
  const long = (at: number, value: number): void =>
    view.setBigUint64(at, BigInt(value), little);
  view.setUint32(0, 0x7f454c46);
  view.setUint16(4, 0x0201);
  view.setUint16(0x12, says.machine, little);
  long(0x20, headerSize);
  view.setUint16(0x38, 3, little);
  const segments = [
    [1, 0, shift, size],
    [loader === undefined ? 0 : 3, textAt + loaderAt, 0, 0],
    [2, dynamicAt, 0, dynamic.length * entrySize],
  ];
  for (
    const [row, [type = 0, offset = 0, at = 0, length = 0]] of segments
      .entries()
  ) {
    const start = headerSize + row * segmentSize;
    view.setUint32(start, type, little);
    long(start + 8, offset);
    long(start + 16, at);
    long(start + 32, length);
  }
  for (const [row, [tag = 0, value = 0]] of dynamic.entries()) {
    long(dynamicAt + row * entrySize, tag);
    long(dynamicAt + row * entrySize + 8, value);
  }
  const bytes = new Uint8Array(view.buffer);
  bytes.set(Buffer.from(text, "latin1"), textAt);
  return bytes;
}
