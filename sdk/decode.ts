/**
 * Turns bytes into values, by the types in an object's BTF.
 *
 * @module
 */

import { BpfError } from "../ffi/error.ts";
import { asRead, type Int64, integerReader } from "./bits.ts";
import type { Btf } from "./btf.ts";
import {
  type EnumShape,
  fieldOf,
  fieldsOf,
  type ListShape,
  type RecordShape,
  type Shape,
} from "./shape.ts";
import { shapeOf } from "./shape_reader.ts";

/** Reads one value that starts at byte `at`. */
export type Decoder = (view: DataView, at: number) => unknown;

/** How values are told. */
export interface DecodeOptions {
  /**
   * Integers of 33 to 64 bits: `"bigint"` (the default) makes all of them
   * bigints; `"number"` makes a number of each that is a safe integer (up to
   * 2^53 - 1 either way) and a bigint of the others.
   */
  readonly int64?: Int64 | undefined;
}

const remedy = 'open with decode: "bytes" and read it yourself';

/**
 * The decoder of events of type `id`, a struct or union. It is built once, from
 * closures; what it cannot decode is an error here, with the field's name, and
 * not at the first event. The members of a C type become:
 *
 * | C | value |
 * |---|---|
 * | integers and bitfields of up to 32 bits | number |
 * | of up to 64 bits | bigint, or as `int64` says |
 * | `__int128`, pointers | bigint |
 * | `bool` | boolean |
 * | `float`, `double` | number |
 * | enum | its value's name; a value without a name as an integer |
 * | `char[]` | string: UTF-8 up to the first zero byte, or all of it |
 * | other arrays | array; of several dimensions, of arrays |
 * | struct | object |
 * | union | object with all members, each as if it were the one |
 * | anonymous struct, union | its members belong to the outer object, as in C |
 *
 * The bytes have the byte order of the BTF: that of this machine in an object
 * that can be loaded here. Bitfields are read of either order. An enum of 64
 * bits has names if the compiler wrote BTF_KIND_ENUM64 (clang 15).
 */
export function eventDecoder(
  btf: Btf,
  id: number,
  options: DecodeOptions = {},
): Decoder {
  const type = btf.resolve(id);
  if (type.kind !== "struct" && type.kind !== "union") {
    throw new BpfError("decode events", {
      cause: `their type is no struct but ${type.kind}`,
      remedy: "name a struct in RINGSIDE_EVENTS()",
    });
  }
  const whole = type.name === "" ? "event" : type.name;
  const field = (path: string): string => `field "${whole}${path}"`;
  const shape = shapeOf(btf, id, { field, remedy });
  return decoderOf(shape, telling(btf, options));
}

/** The decoder of values of type `id`, of any kind; `what` is what errors call the whole. */
export function valueDecoder(
  btf: Btf,
  id: number,
  what: string,
  options: DecodeOptions = {},
): Decoder {
  const field = (path: string): string => fieldOf(what, path);
  const shape = shapeOf(btf, id, { field, remedy: "read its bytes yourself" });
  return decoderOf(shape, telling(btf, options));
}

/**
 * Where the top-level member of type `struct ringside_stamp` lies in an event
 * of type `id`, in bytes; `undefined` where there is none.
 */
export function stampOffset(btf: Btf, id: number): number | undefined {
  const event = btf.resolve(id);
  if (event.kind !== "struct") return undefined;
  const stamp = event.members.find((member) => {
    const type = btf.resolve(member.type);
    return type.kind === "struct" && type.name === "ringside_stamp";
  });
  return stamp && stamp.bitOffset / 8;
}

/** What a decoder of a shape is to know beside it. */
interface Telling {
  readonly int64: Int64;
  readonly littleEndian: boolean;
}

function telling(btf: Btf, { int64 = "bigint" }: DecodeOptions): Telling {
  return { int64, littleEndian: btf.littleEndian };
}

/** The decoder of a shape; `shift` is where its bits begin in the first byte. */
function decoderOf(shape: Shape, how: Telling, shift = 0): Decoder {
  switch (shape.is) {
    case "integer": {
      const int64 = shape.address ? "bigint" : how.int64;
      return integerReader({ ...shape, ...how, shift }, int64);
    }
    case "bool":
      return bool(shape.bits, how, shift);
    case "enum":
      return enumeration(shape, how, shift);
    case "float":
      return shape.bits === 32
        ? (view, at) => view.getFloat32(at, how.littleEndian)
        : (view, at) => view.getFloat64(at, how.littleEndian);
    case "text":
      return text(shape.length);
    case "list":
      return list(shape, how);
    case "record":
      return record(shape, how);
  }
}

function bool(bits: number, how: Telling, shift: number): Decoder {
  const read = integerReader({ bits, shift, signed: false, ...how }, "number");
  return (view, at) => read(view, at) !== 0;
}

/** By what the reader answers for each value; of two names the first counts. */
function enumeration(shape: EnumShape, how: Telling, shift: number): Decoder {
  const { bits, values } = shape;
  const wrap = shape.signed ? BigInt.asIntN : BigInt.asUintN;
  const names = new Map<number | bigint, string>();
  for (const [name, value] of values) {
    const told = asRead(wrap(bits, value), bits, how.int64);
    if (BigInt(told) === value && !names.has(told)) names.set(told, name);
  }
  const read = integerReader({ ...shape, ...how, shift }, how.int64);
  return (view, at) => {
    const value = read(view, at);
    return names.get(value) ?? value;
  };
}

/** UTF-8 up to the first zero byte, or all of it where there is none. */
function text(length: number): Decoder {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const utf8 = (view: DataView, at: number): string => {
    const bytes = new Uint8Array(view.buffer, view.byteOffset + at, length);
    const end = bytes.indexOf(0);
    return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
  };
  return length <= shortText ? ascii(length, utf8) : utf8;
}

/** A `comm` has 16 bytes; TextDecoder takes longer to begin than to read it. */
const shortText = 32;

function ascii(length: number, otherwise: Decoder): Decoder {
  return (view, at) => {
    let text = "";
    for (let i = at; i < at + length; i++) {
      const byte = view.getUint8(i);
      if (byte === 0) break;
      if (byte > 0x7f) return otherwise(view, at);
      text += String.fromCharCode(byte);
    }
    return text;
  };
}

function list({ element, length, stride }: ListShape, how: Telling): Decoder {
  const decode = decoderOf(element, how);
  return (view, at) => {
    const values: unknown[] = [];
    for (let i = 0; i < length; i++) values.push(decode(view, at + i * stride));
    return values;
  };
}

/** All objects get their fields in one order: one hidden class for V8. */
function record({ members }: RecordShape, how: Telling): Decoder {
  const fields = fieldsOf(members).map(({ name, offset, shift, shape }) => (
    { name, offset, decode: decoderOf(shape, how, shift) }
  ));
  return (view, at) => {
    const value: Record<string, unknown> = {};
    for (const { name, offset, decode } of fields) {
      value[name] = decode(view, at + offset);
    }
    return value;
  };
}
