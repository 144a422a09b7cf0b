/**
 * Decoding, on BTF and events that are generated.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BpfError, BpfObject } from "../../mod.ts";
import { Btf } from "../../sdk/btf.ts";
import { eventDecoder } from "../../sdk/decode.ts";
import { BtfWriter } from "./btf_writer.ts";
import { Random } from "./random.ts";

/** A value of a type, with the way to write it. */
interface Case {
  readonly type: number;
  readonly size: number;
  readonly value: unknown;
  readonly write: (view: DataView, at: number) => void;
}

function integerCase(btf: BtfWriter, random: Random): Case {
  const size = 2 ** random.below(4);
  const signed = random.below(2) === 1;
  const plain = btf.int(`${signed ? "s" : "u"}${8 * size}`, size, { signed });
  const alias = random.below(2) === 1;
  const raw = random.bits(8 * size);
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

function textCase(btf: BtfWriter, random: Random): Case {
  const size = 1 + random.below(20);
  const value = "abcdefghijklmnopqrstuvwxyz".slice(0, random.below(size + 1));
  const type = btf.array(btf.int("char", 1, { signed: true }), size);
  const bytes = new TextEncoder().encode(value);
  const write = (view: DataView, at: number): void =>
    bytes.forEach((byte, i) => view.setUint8(at + i, byte));
  return { type, size, value, write };
}

function arrayCase(btf: BtfWriter, random: Random, depth: number): Case {
  const one = valueCase(btf, random, depth - 1);
  const length = random.below(4);
  return {
    type: btf.array(one.type, length),
    size: length * one.size,
    value: Array.from({ length }, () => one.value),
    write: (view, at) => {
      for (let i = 0; i < length; i++) one.write(view, at + i * one.size);
    },
  };
}

function structCase(btf: BtfWriter, random: Random, depth: number): Case {
  let size = 0;
  const members = Array.from({ length: 1 + random.below(6) }, (_, i) => {
    const member = valueCase(btf, random, depth - 1);
    const offset = size + random.below(5);
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

function valueCase(btf: BtfWriter, random: Random, depth: number): Case {
  const kind = random.below(depth > 0 ? 4 : 2);
  if (kind === 0) return integerCase(btf, random);
  if (kind === 1) return textCase(btf, random);
  return (kind === 2 ? arrayCase : structCase)(btf, random, depth);
}

describe("eventDecoder", () => {
  it("reads back what was written, for 500 generated structs", () => {
    for (let seed = 1; seed <= 500; seed++) {
      const btf = new BtfWriter();
      const event = structCase(btf, new Random(seed), 3);
      const view = new DataView(new ArrayBuffer(event.size + 8));
      event.write(view, 8);
      const decode = eventDecoder(Btf.parse(btf.bytes()), event.type);
      assert.deepEqual(decode(view, 8), event.value, `seed ${seed}`);
    }
  });

  it("names the field that it cannot decode", () => {
    const btf = new BtfWriter();
    const type = btf.int("int", 4, { signed: true });
    const union = btf.union("both", 4, [{ name: "a", type, offset: 0 }]);
    const event = btf.struct("event", 4, [{
      ...{ name: "u", type: union, offset: 0 },
    }]);
    assert.throws(
      () => eventDecoder(Btf.parse(btf.bytes()), event),
      /^BpfError: Cannot decode field "event.u": a union has no one meaning \(open with decode: "bytes"/,
    );
  });

  it("refuses an event that is no struct", () => {
    const btf = new BtfWriter();
    const int = btf.int("int", 4, { signed: true });
    assert.throws(
      () => eventDecoder(Btf.parse(btf.bytes()), int),
      /^BpfError: Cannot decode events: their type is no struct but int$/,
    );
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

  it("throws a BpfError, and nothing else, on 2000 mutated inputs", () => {
    const btf = new BtfWriter();
    structCase(btf, new Random(7), 3);
    const bytes = btf.bytes();
    let refused = 0;
    for (let seed = 1; seed <= 2000; seed++) {
      const random = new Random(seed);
      const mutated = bytes.slice(0, 1 + random.below(bytes.length));
      for (let i = 0; i < 4; i++) {
        mutated[random.below(mutated.length)] = random.below(256);
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
});
