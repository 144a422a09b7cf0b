/**
 * Decoding, on BTF and events that are generated.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BpfError, BpfObject } from "../../mod.ts";
import { Btf } from "../../sdk/btf.ts";
import { eventDecoder, stampOffset, valueDecoder } from "../../sdk/decode.ts";
import { BtfWriter } from "./btf_writer.ts";
import { Dice } from "./dice.ts";

/** A value of a type, with the way to write it. */
interface Case {
  readonly type: number;
  readonly size: number;
  readonly value: unknown;
  readonly write: (view: DataView, at: number) => void;
}

function integerCase(btf: BtfWriter, dice: Dice): Case {
  const size = 2 ** dice.below(4);
  const signed = dice.below(2) === 1;
  const plain = btf.int(`${signed ? "s" : "u"}${8 * size}`, size, { signed });
  const alias = dice.below(2) === 1;
  const raw = dice.bits(8 * size);
  const value = signed ? BigInt.asIntN(8 * size, raw) : raw;
  return {
    type: alias ? btf.typedef("named", btf.constant(plain)) : plain,
    size,
    value: size === 8 ? value : Number(value),
    write: (view, at) => {
      for (let byte = 0; byte < size; byte++) {
        view.setUint8(at + byte, Number((raw >> BigInt(8 * byte)) & 0xffn));
      }
    },
  };
}

function textCase(btf: BtfWriter, dice: Dice): Case {
  const size = 1 + dice.below(20);
  const value = "abcdefghijklmnopqrstuvwxyz".slice(0, dice.below(size + 1));
  const type = btf.array(btf.int("char", 1, { signed: true }), size);
  const bytes = new TextEncoder().encode(value);
  const write = (view: DataView, at: number): void =>
    bytes.forEach((byte, i) => view.setUint8(at + i, byte));
  return { type, size, value, write };
}

function arrayCase(btf: BtfWriter, dice: Dice, depth: number): Case {
  const one = valueCase(btf, dice, depth - 1);
  const length = dice.below(4);
  return {
    type: btf.array(one.type, length),
    size: length * one.size,
    value: Array.from({ length }, () => one.value),
    write: (view, at) => {
      for (let i = 0; i < length; i++) one.write(view, at + i * one.size);
    },
  };
}

function structCase(btf: BtfWriter, dice: Dice, depth: number): Case {
  let size = 0;
  const members = Array.from({ length: 1 + dice.below(12) }, (_, i) => {
    const member = valueCase(btf, dice, depth - 1);
    const offset = size + dice.below(5);
    size = offset + member.size;
    return { ...member, name: `m${i}`, offset };
  });
  return {
    type: btf.struct("thing", size, members),
    size,
    value: Object.fromEntries(members.map(({ name, value }) => [name, value])),
    write: (view, at) =>
      members.forEach((member) => member.write(view, at + member.offset)),
  };
}

function valueCase(btf: BtfWriter, dice: Dice, depth: number): Case {
  const kind = dice.below(depth > 0 ? 4 : 2);
  if (kind === 0) return integerCase(btf, dice);
  if (kind === 1) return textCase(btf, dice);
  return (kind === 2 ? arrayCase : structCase)(btf, dice, depth);
}

function decoded(
  btf: BtfWriter,
  id: number,
  bytes: Uint8Array<ArrayBuffer>,
): unknown {
  const decode = eventDecoder(Btf.parse(btf.bytes()), id);
  return decode(new DataView(bytes.buffer), 0);
}

describe("eventDecoder", () => {
  it("reads back what was written, for 500 generated structs", () => {
    for (let seed = 1; seed <= 500; seed++) {
      const btf = new BtfWriter();
      const event = structCase(btf, new Dice(seed), 3);
      const view = new DataView(new ArrayBuffer(event.size + 8));
      event.write(view, 8);
      const decode = eventDecoder(Btf.parse(btf.bytes()), event.type);
      assert.deepEqual(decode(view, 8), event.value, `seed ${seed}`);
    }
  });

  it("has as many fields as the struct, in their order", () => {
    for (let count = 0; count <= 20; count++) {
      const btf = new BtfWriter();
      const byte = btf.int("u8", 1, { signed: false });
      const names = Array.from({ length: count }, (_, i) => `field${i}`);
      const event = btf.struct("event", count, [
        ...names.map((name, offset) => ({ name, type: byte, offset })),
      ]);
      const bytes = Uint8Array.from(names, (_, i) => i);
      const entries = Object.entries(decoded(btf, event, bytes) as object);
      assert.deepEqual(entries, names.map((name, i) => [name, i]));
    }
  });

  it("reads the bitfields of older compilers: integers with an offset", () => {
    const btf = new BtfWriter();
    const low = btf.int("int", 4, { signed: true, bits: 3 });
    const high = btf.int("unsigned int", 4, {
      ...{ signed: false, bits: 9, offset: 11 },
    });
    const event = btf.struct("event", 4, [
      { name: "low", type: low, offset: 0 },
      { name: "high", type: btf.typedef("named", high), offset: 0 },
    ]);
    const bytes = new Uint8Array(new Uint32Array([6 | 300 << 11]).buffer);
    assert.deepEqual(decoded(btf, event, bytes), { low: -2, high: 300 });
  });

  it("names the values of enums of 64 bits, and of enums in bitfields", () => {
    const btf = new BtfWriter();
    const values = { ALL: -1n, FAR: 1n << 40n, SAFE: 7n };
    const wide = btf.enum64("wide", 8, values, { signed: true });
    const thin = btf.enum("thin", 4, { ZERO: 0, ONE: 1, TWELVE: 12 });
    const event = btf.struct("event", 40, [
      ...[0, 8, 16, 24].map((offset) => (
        { name: `w${offset}`, type: wide, offset }
      )),
      { name: "t", type: thin, offset: 32, bits: 3 },
      { name: "u", type: thin, offset: 32, shift: 3, bits: 3 },
    ]);
    const bytes = new Uint8Array(40);
    bytes.set(
      new Uint8Array(new BigInt64Array([-1n, 1n << 40n, 7n, 9n]).buffer),
    );
    bytes[32] = 1 | 4 << 3;
    const texts = { w0: "ALL", w8: "FAR", w16: "SAFE", t: "ONE", u: 4 };
    assert.deepEqual(decoded(btf, event, bytes), { ...texts, w24: 9n });
    const told = eventDecoder(Btf.parse(btf.bytes()), event, {
      int64: "number",
    })(new DataView(bytes.buffer), 0);
    assert.deepEqual(told, { ...texts, w24: 9 });
  });

  it("makes numbers of 64-bit integers that are safe, if asked", () => {
    const btf = new BtfWriter();
    const far = btf.pointer(0);
    const event = btf.struct("event", 32, [
      { name: "s", type: btf.int("long", 8, { signed: true }), offset: 0 },
      { name: "u", type: btf.int("u64", 8, { signed: false }), offset: 8 },
      { name: "p", type: btf.typeTag("user", far), offset: 16 },
      {
        ...{ name: "b", offset: 24, bits: 60 },
        type: btf.int("u64", 8, { signed: false }),
      },
    ]);
    const decode = eventDecoder(Btf.parse(btf.bytes()), event, {
      int64: "number",
    });
    const safe = 2n ** 53n - 1n;
    for (const value of [0n, 1n, -1n, safe, safe + 1n, -safe, -safe - 1n]) {
      const words = new BigInt64Array(4).fill(value);
      const tell = (bits: bigint): number | bigint =>
        bits >= -safe && bits <= safe ? Number(bits) : bits;
      assert.deepEqual(decode(new DataView(words.buffer), 0), {
        s: tell(value),
        u: tell(BigInt.asUintN(64, value)),
        p: BigInt.asUintN(64, value),
        b: tell(BigInt.asUintN(60, value)),
      });
    }
  });

  it("reads text with and without an end, and beyond ASCII", () => {
    const btf = new BtfWriter();
    const char = btf.int("char", 1, { signed: true });
    const event = btf.struct("event", 48, [
      { name: "short", type: btf.array(char, 8), offset: 0 },
      { name: "long", type: btf.array(char, 40), offset: 8 },
    ]);
    for (const text of ["", "full-8-b", "größe", "\ufeffx", "x\u{1f41d}"]) {
      const bytes = new Uint8Array(48);
      new TextEncoder().encodeInto(text, bytes);
      new TextEncoder().encodeInto(text, bytes.subarray(8));
      const value = { short: text, long: text };
      assert.deepEqual(decoded(btf, event, bytes), value);
    }
  });

  it("names the field that it cannot decode", () => {
    const btf = new BtfWriter();
    const int = btf.int("int", 4, { signed: true });
    const odd = btf.int("int", 4, { signed: true, bits: 5 });
    const refused: readonly (readonly [number, object, RegExp])[] = [
      [btf.forward("far"), {}, /its type is a struct or .* declared \("far"\)/],
      [0, {}, /its type is void \("void"\)/],
      [btf.float("long double", 16), {}, /a floating point number of 16 bytes/],
      [btf.array(odd, 2), {}, /an integer of 5 bits/],
      [btf.int("odd", 3, { signed: true }), {}, /an integer of 3 bytes/],
      [btf.struct("inner", 4, []), { bits: 3 }, /no integer: struct/],
      [btf.float("float", 4), { shift: 1 }, /it does not begin with a byte/],
      [int, { offset: 2 }, /it lies outside/],
      [int, { bits: 33 }, /33 bits of 4 bytes/],
    ];
    for (const [type, place, why] of refused) {
      const member = { name: "u", type, offset: 0, ...place };
      const event = btf.struct("event", 4, [member]);
      assert.throws(
        () => eventDecoder(Btf.parse(btf.bytes()), event),
        ({ message }) =>
          /^Cannot decode field "event\.u(\[\])?": .* \(open with decode: "bytes" and/
            .test(message) && why.test(message),
        String(why),
      );
    }
  });

  it("refuses types that hold themselves", () => {
    const btf = new BtfWriter();
    const looped = btf.struct("looped", 4, [{ name: "i", type: 1, offset: 0 }]);
    const array = btf.array(2, 1);
    for (const type of [looped, array]) {
      const event = btf.struct("e", 4, [{ name: "f", type, offset: 0 }]);
      assert.throws(
        () => eventDecoder(Btf.parse(btf.bytes()), event),
        /it holds itself/,
      );
    }
  });

  it("refuses an event that is no struct", () => {
    const btf = new BtfWriter();
    const int = btf.int("int", 4, { signed: true });
    assert.throws(
      () => eventDecoder(Btf.parse(btf.bytes()), int),
      /^BpfError: Cannot decode events: their type is no struct but int \(name/,
    );
  });
});

describe("stampOffset", () => {
  it("finds the stamp of an event, by its type", () => {
    const btf = new BtfWriter();
    const int = btf.int("int", 4, { signed: true });
    const stamp = btf.struct("ringside_stamp", 16, []);
    const named = btf.typedef("stamp_t", btf.constant(stamp));
    const head = { name: "pid", type: int, offset: 0 };
    const event = btf.struct("event", 24, [
      ...[head, { name: "at", type: named, offset: 8 }],
    ]);
    const bare = btf.struct("bare", 8, [head]);
    const parsed = Btf.parse(btf.bytes());
    assert.equal(stampOffset(parsed, event), 8);
    assert.equal(stampOffset(parsed, bare), undefined);
    assert.equal(stampOffset(parsed, int), undefined);
  });
});

describe("Btf.parse", () => {
  it("reads what clang made of bpf/burst.bpf.c", () => {
    using object = BpfObject.open("bpf/build/burst.bpf.o");
    const bytes = object.btf();
    assert.ok(bytes);
    const id = object.map("events_scratch").valueType;
    const type = Btf.parse(bytes).resolve(id);
    assert.ok(type.kind === "struct");
    const names = type.members.map((member) => member.name);
    assert.deepEqual(names, ["sequence", "ktime", "cpu", "tag"]);
  });

  it("refuses a kind that it does not know", () => {
    const btf = new BtfWriter();
    btf.int("int", 4, { signed: true });
    btf.unknown(30);
    assert.throws(
      () => Btf.parse(btf.bytes()),
      /^BpfError: Cannot read type 2 of BTF: its kind 30 is not known$/,
    );
  });

  it("throws a BpfError, and nothing else, on 2000 mutated inputs", () => {
    const btf = new BtfWriter();
    structCase(btf, new Dice(7), 3);
    const bytes = btf.bytes();
    let refused = 0;
    for (let seed = 1; seed <= 2000; seed++) {
      const dice = new Dice(seed);
      const mutated = bytes.slice(0, 1 + dice.below(bytes.length));
      for (let i = 0; i < 4; i++) {
        mutated[dice.below(mutated.length)] = dice.below(256);
      }
      try {
        Btf.parse(mutated);
      } catch (error) {
        assert.ok(error instanceof BpfError, `seed ${seed}: ${error}`);
        refused++;
      }
    }
    assert.ok(refused > 1000);
  });

  it("answers or refuses every type of 3000 mutated inputs", () => {
    const btf = new BtfWriter();
    structCase(btf, new Dice(11), 4);
    const bytes = btf.bytes();
    let [answered, refused] = [0, 0];
    for (let seed = 1; seed <= 3000; seed++) {
      const dice = new Dice(seed);
      const mutated = bytes.slice();
      for (let i = 0; i < 3; i++) {
        mutated[24 + dice.below(bytes.length - 24)] = dice.below(256);
      }
      try {
        const parsed = Btf.parse(mutated);
        for (let id = 1; parsed.type(id); id++) {
          valueDecoder(parsed, id, "it")(new DataView(new ArrayBuffer(64)), 0);
          answered++;
        }
      } catch (error) {
        const short = error instanceof RangeError &&
          /Offset is outside|Invalid typed array length|Start offset/.test(
            error.message,
          );
        assert.ok(error instanceof BpfError || short, `seed ${seed}: ${error}`);
        refused++;
      }
    }
    assert.ok(answered > 3000 && refused > 1000, `${answered} ${refused}`);
  });
});
