/**
 * Integers of any width that begin at any bit: bitfields among them.
 *
 * @module
 */

/** Where an integer's bits are, counted from the byte that holds the first. */
export interface Bits {
  readonly bits: number;
  /**
   * Bits of the first byte before it: on a little-endian machine its low ones,
   * on a big-endian machine its high ones, as compilers count there.
   */
  readonly shift: number;
  readonly signed: boolean;
  readonly littleEndian: boolean;
}

/**
 * How integers of more than 32 bits are told: always as bigints, or those of
 * up to 64 bits as numbers where `Number.isSafeInteger()`, else as bigints.
 */
export type Int64 = "bigint" | "number";

/** Reads the integer whose first byte is at `at`. */
export type IntegerReader = (view: DataView, at: number) => number | bigint;

/** The value as readers tell it: a number of up to 32 bits, else by `int64`. */
export function asRead(
  value: bigint,
  bits: number,
  int64: Int64,
): number | bigint {
  if (bits <= 32) return Number(value);
  if (int64 === "bigint" || bits > 64) return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The reader of an integer, by the fastest way for its width. */
export function integerReader(place: Bits, int64: Int64): IntegerReader {
  const { bits, shift } = place;
  if (shift === 0 && [8, 16, 32, 64].includes(bits)) {
    return wholeReader(place, int64);
  }
  if (bits <= 32) return narrowReader(place);
  return (view, at) => asRead(readBits(view, at, place), bits, int64);
}

/** The integers that DataView knows. */
function wholeReader(place: Bits, int64: Int64): IntegerReader {
  const { bits, signed, littleEndian: little } = place;
  switch (`${signed ? "s" : "u"}${bits}`) {
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
    default:
      if (int64 === "number") return safeReader(place);
      return signed
        ? (view, at) => view.getBigInt64(at, little)
        : (view, at) => view.getBigUint64(at, little);
  }
}

/** 64 bits as a number where that is exact; most values never become a bigint. */
function safeReader({ signed, littleEndian: little }: Bits): IntegerReader {
  const [low, high] = little ? [0, 4] : [4, 0];
  if (signed) {
    return (view, at) => {
      const value = view.getInt32(at + high, little) * 2 ** 32 +
        view.getUint32(at + low, little);
      return Number.isSafeInteger(value) ? value : view.getBigInt64(at, little);
    };
  }
  return (view, at) => {
    const value = view.getUint32(at + high, little) * 2 ** 32 +
      view.getUint32(at + low, little);
    return Number.isSafeInteger(value) ? value : view.getBigUint64(at, little);
  };
}

/** Bytes that the bits touch, and the bits of them that lie below. */
function span({ bits, shift, littleEndian }: Bits): [number, number] {
  const bytes = Math.ceil((shift + bits) / 8);
  return [bytes, littleEndian ? shift : 8 * bytes - shift - bits];
}

/** Up to 32 bits in up to 5 bytes: 40 bits, which a number holds exactly. */
function narrowReader(place: Bits): IntegerReader {
  const { bits, signed, littleEndian } = place;
  const [bytes, below] = span(place);
  const [unit, over] = [2 ** below, 2 ** bits];
  const negative = signed ? over / 2 : over;
  return (view, at) => {
    let raw = 0;
    for (let i = 0; i < bytes; i++) {
      raw = raw * 256 +
        view.getUint8(littleEndian ? at + bytes - 1 - i : at + i);
    }
    const value = Math.floor(raw / unit) % over;
    return value < negative ? value : value - over;
  };
}

/** Any bits. */
export function readBits(view: DataView, at: number, place: Bits): bigint {
  const [bytes, below] = span(place);
  const value = readBytes(view, at, bytes, place.littleEndian) >> BigInt(below);
  return place.signed
    ? BigInt.asIntN(place.bits, value)
    : BigInt.asUintN(place.bits, value);
}

/** Puts the bits into place and leaves those around them as they are. */
export function writeBits(
  view: DataView,
  at: number,
  place: Bits,
  value: bigint,
): void {
  const { bits, littleEndian: little } = place;
  const [bytes, below] = span(place);
  const mask = ((1n << BigInt(bits)) - 1n) << BigInt(below);
  const raw = (value << BigInt(below)) & mask;
  const rest = (readBytes(view, at, bytes, little) & ~mask) | raw;
  for (let i = 0; i < bytes; i++) {
    const byte = Number((rest >> BigInt(8 * i)) & 0xffn);
    view.setUint8(little ? at + i : at + bytes - 1 - i, byte);
  }
}

function readBytes(
  view: DataView,
  at: number,
  bytes: number,
  little: boolean,
): bigint {
  let value = 0n;
  for (let i = 0; i < bytes; i++) {
    const byte = view.getUint8(little ? at + bytes - 1 - i : at + i);
    value = (value << 8n) | BigInt(byte);
  }
  return value;
}
