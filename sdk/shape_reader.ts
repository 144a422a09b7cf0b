/**
 * Finds the shape of a type in BTF, or says which field has none.
 *
 * @module
 */

import { BpfError } from "../ffi/error.ts";
import type { Btf } from "./btf.ts";
import type {
  BtfArray,
  BtfEnum,
  BtfInt,
  BtfMember,
  BtfStruct,
} from "./btf_type.ts";
import { bitsOf, fieldsOf, type Shape, type ShapeMember } from "./shape.ts";

/** MAX_RESOLVE_DEPTH of the kernel's kernel/bpf/btf.c. */
const deepest = 32;

/** Elements of an array that take no bytes. */
const mostEmpty = 1024;

/** What errors say of a field that has no shape. */
export interface Naming {
  /** The field at a path from the whole, `.peers[].name`, or the whole at ``. */
  readonly field: (path: string) => string;
  /** What to do instead. */
  readonly remedy: string;
}

/**
 * The shape of type `id`. A type without values (a function, void, a struct that
 * is only declared), and one that no compiler makes, are refused with the
 * field's name.
 */
export function shapeOf(btf: Btf, id: number, naming: Naming): Shape {
  return new ShapeReader(btf, naming).shape(id, "");
}

class ShapeReader {
  readonly #btf: Btf;
  readonly #naming: Naming;
  /** The structs, unions and arrays around the one at hand. */
  readonly #around = new Set<number>();

  constructor(btf: Btf, naming: Naming) {
    this.#btf = btf;
    this.#naming = naming;
  }

  shape(id: number, path: string): Shape {
    const type = this.#btf.resolve(id);
    switch (type.kind) {
      case "int":
        if (type.bits !== 8 * type.size || type.offset !== 0) {
          throw this.#refused(path, `an integer of ${type.bits} bits`);
        }
        return this.#integer(type, type.bits, path);
      case "enum":
        return this.#enum(type, id, 8 * type.size, path);
      case "float":
        return this.#float(type.size, path);
      case "pointer":
        return { is: "integer", bits: 64, signed: false, address: true };
      case "array":
        return this.#array(type, id, path);
      case "struct":
      case "union":
        return this.#record(type, id, path);
      default: {
        const named = type.kind === "other" ? type.what : type.kind;
        const name = type.name === "" ? "" : ` ("${type.name}")`;
        throw this.#refused(path, `its type is ${named}${name}`);
      }
    }
  }

  #integer(type: BtfInt, bits: number, path: string): Shape {
    if (![1, 2, 4, 8, 16].includes(type.size)) {
      throw this.#refused(path, `an integer of ${type.size} bytes`);
    }
    if (bits < 1 || bits > 8 * type.size) {
      throw this.#refused(path, `${bits} bits of ${type.size} bytes`);
    }
    return type.bool
      ? { is: "bool", bits }
      : { is: "integer", bits, signed: type.signed, address: false };
  }

  #enum(type: BtfEnum, id: number, bits: number, path: string): Shape {
    if (![1, 2, 4, 8].includes(type.size) || bits > 8 * type.size) {
      throw this.#refused(path, `an enum of ${type.size} bytes, ${bits} bits`);
    }
    return {
      is: "enum",
      id: this.#btf.resolveId(id),
      name: this.#name(id),
      bits,
      signed: type.signed,
      values: type.values,
    };
  }

  #float(size: number, path: string): Shape {
    if (size === 4) return { is: "float", bits: 32 };
    if (size === 8) return { is: "float", bits: 64 };
    throw this.#refused(path, `a floating point number of ${size} bytes`);
  }

  #array(type: BtfArray, id: number, path: string): Shape {
    const { length } = type;
    const item = this.#btf.resolve(type.element);
    // Compilers tell char from unsigned char, u8 and int8_t by its name only.
    if (item.kind === "int" && item.name === "char") {
      return { is: "text", length };
    }
    return this.#enter(this.#btf.resolveId(id), path, () => {
      const element = this.shape(type.element, `${path}[]`);
      const stride = bitsOf(element) / 8;
      if (stride > 0 || length <= mostEmpty) {
        return { is: "list", element, length, stride };
      }
      throw this.#refused(path, `${length} elements of no size`);
    });
  }

  #record(type: BtfStruct, id: number, path: string): Shape {
    const own = this.#btf.resolveId(id);
    return {
      is: "record",
      id: own,
      name: this.#name(id),
      size: type.size,
      members: this.#inside(own, type, 0, path),
    };
  }

  /** The members of a struct, or of an anonymous one that begins at `start` bits. */
  #inside(
    id: number,
    type: BtfStruct,
    start: number,
    path: string,
  ): ShapeMember[] {
    const ways = this.#enter(id, path, () =>
      type.members.map((member) => {
        const found = this.#member(member, start, path);
        this.#within(found, start + 8 * type.size, path);
        return found;
      })).filter((way) => way.length > 0);
    if (type.kind === "struct") return ways.flat();
    return ways.length === 0 ? [] : [{ is: "choice", ways }];
  }

  /** Looks into a type; compilers make none that holds itself. */
  #enter<T>(id: number, path: string, look: () => T): T {
    if (this.#around.has(id)) throw this.#refused(path, "it holds itself");
    if (this.#around.size >= deepest) {
      throw this.#refused(path, `it lies more than ${deepest} types deep`);
    }
    this.#around.add(id);
    const found = look();
    this.#around.delete(id);
    return found;
  }

  #member(member: BtfMember, start: number, path: string): ShapeMember[] {
    const at = start + member.bitOffset;
    const type = this.#btf.resolve(member.type);
    if (member.name === "") {
      // Beside anonymous structs and unions only padding has no name.
      if (type.kind !== "struct" && type.kind !== "union") return [];
      const id = this.#btf.resolveId(member.type);
      return this.#inside(id, type, at, path);
    }
    const named = `${path}.${member.name}`;
    if (member.name === "__proto__") {
      throw this.#refused(named, "in JavaScript that name is taken");
    }
    const position = at + (type.kind === "int" ? type.offset : 0);
    const shape = this.#field(member, named);
    const shift = position % 8;
    if (shift !== 0 && !("bits" in shape && shape.is !== "float")) {
      throw this.#refused(named, "it does not begin with a byte");
    }
    return [{
      is: "field",
      name: member.name,
      offset: (position - shift) / 8,
      shift,
      shape,
      declared: { type: member.type, bits: member.bits },
    }];
  }

  #field(member: BtfMember, path: string): Shape {
    const type = this.#btf.resolve(member.type);
    if (type.kind === "int") {
      return this.#integer(type, member.bits || type.bits, path);
    }
    if (member.bits === 0) return this.shape(member.type, path);
    if (type.kind === "enum") {
      return this.#enum(type, member.type, member.bits, path);
    }
    throw this.#refused(path, `a bitfield that is no integer: ${type.kind}`);
  }

  /** No compiler writes such a struct; reading it would read something else. */
  #within(members: readonly ShapeMember[], end: number, path: string): void {
    for (const { name, offset, shift, shape } of fieldsOf(members)) {
      if (8 * offset + shift + bitsOf(shape) <= end) continue;
      throw this.#refused(`${path}.${name}`, "it lies outside");
    }
  }

  /** The type's own name, or the typedef's that is nearest to it. */
  #name(id: number): string {
    let name = "";
    for (let at = id;;) {
      const type = this.#btf.type(at);
      if (type.kind !== "alias") {
        return "name" in type && type.name !== "" ? type.name : name;
      }
      if (type.how === "typedef") name = type.name;
      at = type.type;
    }
  }

  #refused(path: string, cause: string): BpfError {
    const { field, remedy } = this.#naming;
    return new BpfError(`decode ${field(path)}`, { cause, remedy });
  }
}
