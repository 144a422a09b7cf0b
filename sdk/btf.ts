/**
 * Reads BTF, the BPF Type Format: the types that an object carries.
 *
 * The layout is that of Documentation/bpf/btf.rst in the kernel's source.
 *
 * @module
 */

import { BpfError } from "../ffi/error.ts";

/** A member of a struct or union. */
export interface BtfMember {
  readonly name: string;
  readonly type: number;
  /** From the start of the struct, bits. */
  readonly bitOffset: number;
  /** Bits of a bitfield; 0 for an ordinary member. */
  readonly bits: number;
}

/** One type, as far as a decoder needs to know it. */
export type BtfType =
  | {
    readonly kind: "int";
    readonly name: string;
    readonly size: number;
    readonly signed: boolean;
    readonly char: boolean;
    readonly bool: boolean;
  }
  | {
    readonly kind: "array";
    readonly element: number;
    readonly length: number;
  }
  | {
    readonly kind: "struct" | "union";
    readonly name: string;
    readonly size: number;
    readonly members: readonly BtfMember[];
  }
  | {
    readonly kind: "enum";
    readonly name: string;
    readonly size: number;
    readonly signed: boolean;
  }
  | { readonly kind: "alias"; readonly name: string; readonly type: number }
  | { readonly kind: "other"; readonly name: string };

/** BTF_KIND_* of linux/btf.h. */
const kind = {
  int: 1,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  typedef: 8,
  volatile: 9,
  const: 10,
  restrict: 11,
  funcProto: 13,
  var: 14,
  datasec: 15,
  declTag: 17,
  typeTag: 18,
  enum64: 19,
} as const;

const magic = 0xeb9f;

/** Bytes that follow the 12-byte head of a type of this kind with `vlen` entries. */
function tailBytes(of: number, vlen: number): number {
  switch (of) {
    case kind.int:
    case kind.var:
    case kind.declTag:
      return 4;
    case kind.array:
      return 12;
    case kind.struct:
    case kind.union:
    case kind.datasec:
    case kind.enum64:
      return 12 * vlen;
    case kind.enum:
    case kind.funcProto:
      return 8 * vlen;
    default:
      return 0;
  }
}

/** The types of one object, by their ids. */
export class Btf {
  readonly #types: readonly BtfType[];

  private constructor(types: readonly BtfType[]) {
    this.#types = types;
  }

  /** Reads the raw bytes of a `.BTF` section; throws where they are none. */
  static parse(bytes: Uint8Array<ArrayBuffer>): Btf {
    try {
      return new Btf([...readTypes(bytes)]);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new BpfError("read BTF", { cause: "it ends too early" });
    }
  }

  /** The type with this id; ids count from 1. */
  type(id: number): BtfType {
    const type = this.#types[id - 1];
    if (type !== undefined) return type;
    throw new BpfError(`find type ${id} in BTF`, {
      cause: `it has ${this.#types.length} types`,
    });
  }

  /** The same without typedef, const, volatile and restrict around it. */
  resolve(id: number): BtfType {
    let type = this.type(id);
    for (let depth = 0; type.kind === "alias"; depth++) {
      if (depth > this.#types.length) {
        throw new BpfError(`resolve type ${id} in BTF`, {
          cause: "its typedefs run in a circle",
        });
      }
      type = this.type(type.type);
    }
    return type;
  }
}

function* readTypes(bytes: Uint8Array<ArrayBuffer>): Generator<BtfType> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === (magic & 0xff);
  if (view.getUint16(0, little) !== magic) {
    throw new BpfError("read BTF", { cause: "its magic number is missing" });
  }
  const word = (at: number): number => view.getUint32(at, little);
  const header = word(4);
  const strings = header + word(16);
  const name = (offset: number): string => readString(bytes, strings + offset);
  let at = header + word(8);
  const end = at + word(12);
  while (at < end) {
    const info = word(at + 4);
    const of = (info >>> 24) & 0x1f;
    yield readType(of, info, at, word, name);
    at += 12 + tailBytes(of, info & 0xffff);
  }
}

function readType(
  of: number,
  info: number,
  at: number,
  word: (at: number) => number,
  name: (offset: number) => string,
): BtfType {
  const named = { name: name(word(at)) };
  const size = word(at + 8);
  const flag = info >>> 31 === 1;
  switch (of) {
    case kind.int:
      return readInt(named.name, size, word(at + 12) >>> 24);
    case kind.array:
      return { kind: "array", element: word(at + 12), length: word(at + 20) };
    case kind.struct:
    case kind.union: {
      const members = readMembers(at + 12, info & 0xffff, flag, word, name);
      const what = of === kind.struct ? "struct" : "union";
      return { kind: what, ...named, size, members };
    }
    case kind.enum:
    case kind.enum64:
      return { kind: "enum", ...named, size, signed: flag };
    case kind.typedef:
    case kind.volatile:
    case kind.const:
    case kind.restrict:
    case kind.typeTag:
      return { kind: "alias", ...named, type: size };
    default:
      return { kind: "other", ...named };
  }
}

/** BTF_INT_SIGNED, _CHAR and _BOOL; clang marks char by its name only. */
function readInt(name: string, size: number, encoding: number): BtfType {
  return {
    ...{ kind: "int", name, size },
    signed: (encoding & 1) !== 0,
    char: (encoding & 2) !== 0 || name === "char",
    bool: (encoding & 4) !== 0,
  };
}

/** With the kind flag set, an offset's upper byte is the size of a bitfield. */
function readMembers(
  at: number,
  count: number,
  flag: boolean,
  word: (at: number) => number,
  name: (offset: number) => string,
): BtfMember[] {
  return Array.from({ length: count }, (_, index) => {
    const start = at + 12 * index;
    const offset = word(start + 8);
    return {
      name: name(word(start)),
      type: word(start + 4),
      bitOffset: flag ? offset & 0xffffff : offset,
      bits: flag ? offset >>> 24 : 0,
    };
  });
}

function readString(bytes: Uint8Array, at: number): string {
  const end = bytes.indexOf(0, at);
  if (end < 0) throw new RangeError("no end of string");
  return new TextDecoder().decode(bytes.subarray(at, end));
}
