/**
 * Turns an event's bytes into an object, by the type in the object's BTF.
 *
 * @module
 */

import { littleEndian as little } from "../ffi/byte_order.ts";
import { BpfError } from "../ffi/error.ts";
import type { Btf, BtfMember, BtfType } from "./btf.ts";

/** Reads one value that starts at byte `at`. */
export type Decoder = (view: DataView, at: number) => unknown;

/**
 * The decoder of type `id`, built once from closures. Integers of up to 32 bits
 * become numbers, of 64 bits bigints; arrays of char become strings up to their
 * zero byte; structs and arrays what one expects. What cannot be decoded is an
 * error here, with the field's name, and not at the first event.
 */
export function eventDecoder(btf: Btf, id: number): Decoder {
  const type = btf.resolve(id);
  if (type.kind !== "struct") {
    throw new BpfError("decode events", {
      cause: `their type is no struct but ${type.kind}`,
    });
  }
  return decoderOf(btf, type, type.name);
}

function decoderOf(btf: Btf, type: BtfType, path: string): Decoder {
  switch (type.kind) {
    case "int":
      return integer(type, path);
    case "enum":
      return integer({ ...type, bool: false }, path);
    case "array":
      return array(btf, type, path);
    case "struct":
      return struct(btf, type.members, path);
    default:
      throw undecodable(
        path,
        type.kind === "union"
          ? "a union has no one meaning"
          : `type "${type.name}" is no integer, enum, array or struct`,
      );
  }
}

function integer(
  type: {
    readonly size: number;
    readonly signed: boolean;
    readonly bool: boolean;
  },
  path: string,
): Decoder {
  if (type.bool) return (view, at) => view.getUint8(at) !== 0;
  switch (`${type.signed ? "s" : "u"}${8 * type.size}`) {
    case "s8":
      return (view, at) => view.getInt8(at);
    case "u8":
      return (view, at) => view.getUint8(at);
    case "s16":
      return (view, at) => view.getInt16(at, little);
    case "u16":
      return (view, at) => view.getUint16(at, little);
    case "s32":
      return (view, at) => view.getInt32(at, little);
    case "u32":
      return (view, at) => view.getUint32(at, little);
    case "s64":
      return (view, at) => view.getBigInt64(at, little);
    case "u64":
      return (view, at) => view.getBigUint64(at, little);
    default:
      throw undecodable(path, `an integer of ${type.size} bytes`);
  }
}

function array(
  btf: Btf,
  type: Extract<BtfType, { kind: "array" }>,
  path: string,
): Decoder {
  const element = btf.resolve(type.element);
  if (element.kind === "int" && element.char) return text(type.length);
  const decode = decoderOf(btf, element, `${path}[]`);
  const stride = sizeOf(btf, element, path);
  return (view, at) =>
    Array.from(
      { length: type.length },
      (_, index) => decode(view, at + index * stride),
    );
}

/** UTF-8 up to the first zero byte, or all of it where there is none. */
function text(length: number): Decoder {
  const decoder = new TextDecoder();
  return (view, at) => {
    const bytes = new Uint8Array(view.buffer, view.byteOffset + at, length);
    const end = bytes.indexOf(0);
    return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
  };
}

function struct(
  btf: Btf,
  members: readonly BtfMember[],
  path: string,
): Decoder {
  const fields = members.map((member) => {
    const field = `${path}.${member.name}`;
    if (member.bits !== 0 || member.bitOffset % 8 !== 0) {
      throw undecodable(field, "a bitfield");
    }
    const decode = decoderOf(btf, btf.resolve(member.type), field);
    return { name: member.name, offset: member.bitOffset / 8, decode };
  });
  return (view, at) => {
    const value: Record<string, unknown> = {};
    for (const { name, offset, decode } of fields) {
      value[name] = decode(view, at + offset);
    }
    return value;
  };
}

function sizeOf(btf: Btf, type: BtfType, path: string): number {
  if (type.kind === "array") {
    return type.length * sizeOf(btf, btf.resolve(type.element), path);
  }
  if ("size" in type) return type.size;
  throw undecodable(path, `the size of a ${type.kind} is not known`);
}

function undecodable(path: string, cause: string): BpfError {
  return new BpfError(`decode field "${path}"`, {
    cause,
    remedy: 'open with decode: "bytes" and read it yourself',
  });
}
