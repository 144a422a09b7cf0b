/**
 * Writers of values without parts: integers, enums, booleans, floats, text.
 *
 * @module
 */

import { writeBits } from "./bits.ts";
import { Misfit } from "./misfit.ts";
import type { EnumShape, ListShape, RecordShape, Shape } from "./shape.ts";

/** Writes a value to zeroed bytes; a {@linkcode Misfit} says why it cannot. */
export type Writer = (view: DataView, at: number, value: unknown) => void;

/** The writer of a value whose bits begin `shift` bits into the first byte. */
export function scalarWriter(
  shape: Exclude<Shape, ListShape | RecordShape>,
  little: boolean,
  shift: number,
): Writer {
  switch (shape.is) {
    case "integer":
      return bits(shape, little, shift, toInteger(shape));
    case "enum":
      return bits(shape, little, shift, toEnum(shape));
    case "bool":
      return bits({ ...shape, signed: false }, little, shift, toBool);
    case "float":
      return float(shape.bits, little);
    case "text":
      return text(shape.length);
  }
}

function bits(
  shape: { readonly bits: number; readonly signed: boolean },
  littleEndian: boolean,
  shift: number,
  convert: (value: unknown) => bigint,
): Writer {
  const place = { bits: shape.bits, signed: shape.signed, shift, littleEndian };
  return (view, at, value) => writeBits(view, at, place, convert(value));
}

function toInteger(
  { bits, signed }: { readonly bits: number; readonly signed: boolean },
): (value: unknown) => bigint {
  const least = signed ? -(1n << BigInt(bits - 1)) : 0n;
  const most = (1n << BigInt(signed ? bits - 1 : bits)) - 1n;
  return (value) => {
    const whole = typeof value === "number" && Number.isSafeInteger(value)
      ? BigInt(value)
      : value;
    if (typeof whole !== "bigint") throw Misfit.type("an integer", value);
    if (whole >= least && whole <= most) return whole;
    throw new Misfit(`${whole} is not within ${least} to ${most}`);
  };
}

function toBool(value: unknown): bigint {
  if (typeof value !== "boolean") throw Misfit.type("a boolean", value);
  return value ? 1n : 0n;
}

function toEnum(shape: EnumShape): (value: unknown) => bigint {
  const values = new Map(shape.values);
  const integer = toInteger(shape);
  return (value) => {
    if (typeof value !== "string") return integer(value);
    const found = values.get(value);
    if (found !== undefined) return integer(found);
    const names = [...values.keys()].join(", ");
    throw new Misfit(`it has no value "${value}" but ${names || "none"}`);
  };
}

function float(bits: 32 | 64, little: boolean): Writer {
  return (view, at, value) => {
    if (typeof value !== "number") throw Misfit.type("a number", value);
    if (bits === 64) return view.setFloat64(at, value, little);
    if (Number.isFinite(value) && !Number.isFinite(Math.fround(value))) {
      throw new Misfit(`${value} is too large for a float`);
    }
    view.setFloat32(at, value, little);
  };
}

/** Behind it stays what is there; only its own end is written. */
function text(length: number): Writer {
  const encoder = new TextEncoder();
  return (view, at, value) => {
    if (typeof value !== "string") throw Misfit.type("a string", value);
    if (value.includes("\0")) throw new Misfit("a zero byte would end it");
    if (!value.isWellFormed()) throw new Misfit("it is no well-formed text");
    const bytes = encoder.encode(value);
    if (bytes.length > length) {
      throw new Misfit(`it takes ${bytes.length} bytes, there are ${length}`);
    }
    const ended = bytes.length < length ? [...bytes, 0] : bytes;
    ended.forEach((byte, index) => view.setUint8(at + index, byte));
  };
}
