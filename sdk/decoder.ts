/**
 * Decoders of shapes, built from closures.
 *
 * @module
 */

import { asRead, type Int64, integerReader } from "./bits.ts";
import {
  type EnumShape,
  fieldsOf,
  type ListShape,
  type RecordShape,
  type Shape,
  type ShapeMember,
} from "./shape.ts";
import {
  type DecodedField,
  type Decoder,
  recordDecoder,
} from "./record_decoder.ts";

export type { Decoder } from "./record_decoder.ts";

/** What a decoder of a shape is to know beside it. */
export interface Telling {
  readonly int64: Int64;
  readonly littleEndian: boolean;
}

/** The decoder of a shape; `shift` is where its bits begin in the first byte. */
export function decoderOf(shape: Shape, how: Telling, shift = 0): Decoder {
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

function record({ members }: RecordShape, how: Telling): Decoder {
  return recordDecoder(decodedFields(members, how));
}

/** The fields of a record with the decoders of their values. */
export function decodedFields(
  members: readonly ShapeMember[],
  how: Telling,
): DecodedField[] {
  return fieldsOf(members).map(({ name, offset, shift, shape }) => [
    ...[asKey(name), offset, decoderOf(shape, how, shift)] as const,
  ]);
}

/** The same text as V8 keeps names of properties: others it has to look up each time. */
function asKey(name: string): string {
  const [key = name] = Object.keys({ [name]: undefined });
  return key;
}
