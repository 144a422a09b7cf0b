/**
 * Turns bytes into values, by the types in an object's BTF.
 *
 * @module
 */

import { BpfError } from "../ffi/error.ts";
import type { Int64 } from "./bits.ts";
import type { Btf } from "./btf.ts";
import {
  decodedFields,
  type Decoder,
  decoderOf,
  type Telling,
} from "./decoder.ts";
import { type Viewer, viewerOf } from "./event_view.ts";
import { fieldOf, type RecordShape } from "./shape.ts";
import { shapeOf } from "./shape_reader.ts";

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
  return decoderOf(eventShape(btf, id), telling(btf, options));
}

/** The same by getters that decode a field when it is read: see {@linkcode viewerOf}. */
export function eventViewer(
  btf: Btf,
  id: number,
  options: DecodeOptions = {},
): Viewer {
  const { members } = eventShape(btf, id);
  return viewerOf(decodedFields(members, telling(btf, options)));
}

function eventShape(btf: Btf, id: number): RecordShape {
  const type = btf.resolve(id);
  if (type.kind !== "struct" && type.kind !== "union") {
    throw new BpfError("decode events", {
      cause: `their type is no struct but ${type.kind}`,
      remedy: "name a struct in RINGSIDE_EVENTS()",
    });
  }
  const whole = type.name === "" ? "event" : type.name;
  const field = (path: string): string => `field "${whole}${path}"`;
  return shapeOf(btf, id, { field, remedy }) as RecordShape;
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

function telling(btf: Btf, { int64 = "bigint" }: DecodeOptions): Telling {
  return { int64, littleEndian: btf.littleEndian };
}
