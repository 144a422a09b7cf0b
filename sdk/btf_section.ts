/**
 * Reads the bytes of a `.BTF` section.
 *
 * The layout is that of Documentation/bpf/btf.rst in the kernel's source.
 *
 * @module
 */

import { BpfError } from "../ffi/error.ts";
import { aliases, kind, tails, valueless } from "./btf_kind.ts";
import type { BtfEnum, BtfInt, BtfMember, BtfType } from "./btf_type.ts";

const magic = 0xeb9f;

/** The head of a type: struct btf_type. */
interface Head {
  readonly at: number;
  readonly kind: number;
  readonly name: string;
  /** Entries behind it. */
  readonly count: number;
  readonly flag: boolean;
  /** Its size, or the type it refers to. */
  readonly size: number;
}

/** One section's bytes; reading behind their end is a RangeError. */
export class BtfSection {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView<ArrayBuffer>;
  readonly #header: number;
  /** As its magic number says. */
  readonly littleEndian: boolean;

  /** Throws where the magic number is missing. */
  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
    this.#view = new DataView(
      bytes.buffer,
      bytes.byteOffset,
      bytes.byteLength,
    );
    this.littleEndian = bytes[0] === (magic & 0xff);
    if (this.#view.getUint16(0, this.littleEndian) !== magic) {
      throw new BpfError("read BTF", { cause: "its magic number is missing" });
    }
    this.#header = this.#word(4);
  }

  /** The types in the order of their ids, from 1. */
  *types(): Generator<BtfType> {
    let at = this.#header + this.#word(8);
    const end = at + this.#word(12);
    for (let id = 1; at < end; id++) {
      const head = this.#head(at);
      const tail = tails[head.kind];
      if (tail === undefined) {
        throw new BpfError(`read type ${id} of BTF`, {
          cause: `its kind ${head.kind} is not known`,
        });
      }
      yield this.#type(head);
      at += 12 + (tail.once ?? 0) + head.count * (tail.each ?? 0);
    }
  }

  #head(at: number): Head {
    const info = this.#word(at + 4);
    return {
      at: at + 12,
      kind: (info >>> 24) & 0x1f,
      name: this.#string(this.#word(at)),
      count: info & 0xffff,
      flag: info >>> 31 === 1,
      size: this.#word(at + 8),
    };
  }

  #type(head: Head): BtfType {
    const { at, name, size } = head;
    switch (head.kind) {
      case kind.int:
        return readInt(name, size, this.#word(at));
      case kind.float:
        return { kind: "float", name, size };
      case kind.pointer:
        return { kind: "pointer", type: size };
      case kind.array:
        return {
          kind: "array",
          element: this.#word(at),
          length: this.#word(at + 8),
        };
      case kind.struct:
      case kind.union: {
        const what = head.kind === kind.struct ? "struct" : "union";
        return { kind: what, name, size, members: this.#members(head) };
      }
      case kind.enum:
        return this.#enum(head);
      case kind.enum64:
        return this.#enum64(head);
      case kind.typedef:
      case kind.volatile:
      case kind.const:
      case kind.restrict:
      case kind.typeTag:
        return { kind: "alias", how: aliases[head.kind], name, type: size };
      default: {
        const what = valueless[head.kind] ?? `of kind ${head.kind}`;
        return { kind: "other", name, what };
      }
    }
  }

  /** struct btf_member; with the kind flag set, an offset's upper byte is a bitfield's size. */
  #members({ at, count, flag }: Head): BtfMember[] {
    return Array.from({ length: count }, (_, index) => {
      const start = at + 12 * index;
      const offset = this.#word(start + 8);
      return {
        name: this.#string(this.#word(start)),
        type: this.#word(start + 4),
        bitOffset: flag ? offset & 0xffffff : offset,
        bits: flag ? offset >>> 24 : 0,
      };
    });
  }

  /** struct btf_enum. */
  #enum({ at, name, count, flag, size }: Head): BtfEnum {
    const values = Array.from({ length: count }, (_, index) => {
      const start = at + 8 * index;
      const value = BigInt(this.#word(start + 4) | 0);
      return [this.#string(this.#word(start)), value] as const;
    });
    if (size > 4) return { kind: "enum", name, size, signed: flag, values: [] };
    const signed = flag || values.some(([, value]) => value < 0n);
    return { kind: "enum", name, size, signed, values };
  }

  /** struct btf_enum64. */
  #enum64({ at, name, count, flag, size }: Head): BtfEnum {
    const values = Array.from({ length: count }, (_, index) => {
      const start = at + 12 * index;
      const [low, high] = [this.#word(start + 4), this.#word(start + 8)];
      const bits = (BigInt(high) << 32n) | BigInt(low);
      const value = flag ? BigInt.asIntN(64, bits) : bits;
      return [this.#string(this.#word(start)), value] as const;
    });
    return { kind: "enum", name, size, signed: flag, values };
  }

  #word(at: number): number {
    return this.#view.getUint32(at, this.littleEndian);
  }

  #string(offset: number): string {
    const at = this.#header + this.#word(16) + offset;
    const end = this.#bytes.indexOf(0, at);
    if (end < 0) throw new RangeError("no end of string");
    return new TextDecoder().decode(this.#bytes.subarray(at, end));
  }
}

/** The word behind an int: BTF_INT_ENCODING, BTF_INT_OFFSET, BTF_INT_BITS. */
function readInt(name: string, size: number, word: number): BtfInt {
  const encoding = (word >>> 24) & 0xf;
  return {
    kind: "int",
    name,
    size,
    bits: word & 0xff,
    offset: (word >>> 16) & 0xff,
    signed: (encoding & 1) !== 0,
    bool: (encoding & 4) !== 0,
  };
}
