/**
 * Tables, on a map without a kernel, and what encoding refuses.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Btf } from "../../sdk/btf.ts";
import { valueEncoder } from "../../sdk/encode.ts";
import { Table } from "../../sdk/table.ts";
import { BtfWriter } from "./btf_writer.ts";
import { FakeMap, type FakeShape } from "./fake_map.ts";

interface Flow {
  readonly port: number;
  readonly bytes: bigint;
}

/** A map from u32 to struct flow. */
function flows(shape: Partial<FakeShape> = {}): {
  map: FakeMap;
  btf: Btf;
} {
  const btf = new BtfWriter();
  const u16 = btf.int("unsigned short", 2, { signed: false });
  const u32 = btf.int("unsigned int", 4, { signed: false });
  const u64 = btf.int("unsigned long long", 8, { signed: false });
  const flow = btf.struct("flow", 16, [
    { name: "port", type: u16, offset: 0 },
    { name: "bytes", type: u64, offset: 8 },
  ]);
  const map = new FakeMap({
    ...{ keySize: 4, valueSize: 16, keyType: u32, valueType: flow },
    ...shape,
  });
  return { map, btf: Btf.parse(btf.bytes()) };
}

describe("a table", () => {
  it("gets what was set, until it is deleted", () => {
    const { map, btf } = flows();
    const table = new Table<number, Flow>(map, btf);
    assert.equal(table.get(7), undefined);
    table.set(7, { port: 443, bytes: 2n ** 60n });
    table.set(8, { port: 80, bytes: 1n });
    table.set(7, { port: 444, bytes: 5n });
    assert.deepEqual(table.get(7), { port: 444, bytes: 5n });
    assert.deepEqual([...table.keys()], [7, 8]);
    assert.deepEqual([...table], [
      [7, { port: 444, bytes: 5n }],
      [8, { port: 80, bytes: 1n }],
    ]);
    assert.deepEqual([table.delete(7), table.delete(7)], [true, false]);
    assert.deepEqual([table.has(7), table.has(8)], [false, true]);
    table.clear();
    assert.deepEqual([...table], []);
  });

  it("tells 64-bit integers as numbers, if asked", () => {
    const { map, btf } = flows();
    const table = new Table<number, unknown>(map, btf, { int64: "number" });
    table.set(1, { port: 1, bytes: 3 });
    assert.deepEqual(table.get(1), { port: 1, bytes: 3 });
  });

  it("has a value for each possible CPU of a per-CPU map", () => {
    const { map, btf } = flows({ cpus: 3, type: 5 });
    const table = new Table<number, Flow[]>(map, btf);
    const values = [1, 2, 3].map((port) => ({ port, bytes: BigInt(port) }));
    table.set(1, values);
    assert.deepEqual(table.get(1), values);
    assert.throws(
      () => table.set(1, values.slice(1)),
      /^BpfError: Cannot encode the value of map "fake": it is to be an array of 3 values, one for each CPU$/,
    );
  });

  it("makes an array's values zero instead of deleting them", () => {
    const { map, btf } = flows({ type: 2 });
    const table = new Table<number, Flow>(map, btf);
    table.set(0, { port: 1, bytes: 1n });
    table.clear();
    assert.deepEqual(table.get(0), { port: 0, bytes: 0n });
  });

  it("hands out no key twice where the kernel begins anew", () => {
    const { map, btf } = flows();
    const table = new Table<number, Flow>(map, btf);
    for (const key of [1, 2, 3, 4]) table.set(key, { port: key, bytes: 0n });
    const seen: number[] = [];
    for (const key of table.keys()) {
      seen.push(key);
      if (key === 3) table.delete(3);
    }
    assert.deepEqual(seen, [1, 2, 3, 4]);
  });

  it("leaves out an entry that is gone before it is read", () => {
    const { map, btf } = flows();
    const table = new Table<number, Flow>(map, btf);
    for (const key of [1, 2]) table.set(key, { port: key, bytes: 0n });
    const walk = table[Symbol.iterator]();
    const entry = map.lookup.bind(map);
    map.lookup = (() => undefined) as unknown as typeof map.lookup;
    assert.deepEqual([...walk], []);
    map.lookup = entry;
    assert.equal([...table].length, 2);
  });

  it("says which side of a map has no types, and the way out", () => {
    const cases: readonly (readonly [Partial<FakeShape>, RegExp])[] = [
      [{ valueType: 0 }, /the value of map "fake": the object tells no type/],
      [{ keyType: 0 }, /the key of map "fake": the object tells no type/],
      [{ keySize: 0 }, /Cannot make a table of map "fake": it has no keys/],
    ];
    for (const [shape, says] of cases) {
      const { map, btf } = flows(shape);
      assert.throws(() => new Table(map, btf), says);
    }
  });

  it("names the field of a key or value that it cannot tell", () => {
    const btf = new BtfWriter();
    const far = btf.forward("far");
    const value = btf.struct("value", 8, [{
      ...{ name: "gone", type: far, offset: 0 },
    }]);
    const map = new FakeMap({
      ...{ keySize: 8, valueSize: 8, keyType: value, valueType: value },
    });
    assert.throws(
      () => new Table(map, Btf.parse(btf.bytes())),
      /^BpfError: Cannot decode field "gone" of the key of map "fake": its type is a struct or/,
    );
  });
});

/** struct thing with a field of each kind. */
function thing(): (value: unknown) => Uint8Array {
  const btf = new BtfWriter();
  const u8 = btf.int("unsigned char", 1, { signed: false });
  const int = btf.int("int", 4, { signed: true });
  const char = btf.int("char", 1, { signed: true });
  const inner = btf.struct("inner", 4, [{ name: "deep", type: u8, offset: 0 }]);
  const float = btf.float("float", 4);
  const either = btf.union("", 4, [
    { name: "whole", type: int, offset: 0 },
    { name: "parts", type: btf.array(u8, 4), offset: 0 },
  ]);
  const id = btf.struct("thing", 40, [
    { name: "small", type: int, offset: 0, bits: 3 },
    {
      ...{ name: "on", offset: 4 },
      type: btf.int("_Bool", 1, { signed: false, bool: true }),
    },
    { name: "state", type: btf.enum("state", 4, { A: 1, B: 2 }), offset: 8 },
    { name: "text", type: btf.array(char, 4), offset: 12 },
    { name: "ratio", type: float, offset: 16 },
    { name: "list", type: btf.array(inner, 2), offset: 20 },
    { name: "", type: either, offset: 28 },
  ]);
  return valueEncoder(Btf.parse(btf.bytes()), id, "struct thing");
}

const good = {
  ...{ small: -4, on: true, state: "B", text: "größ".slice(0, 3), ratio: 0.5 },
  ...{ list: [{ deep: 1 }, { deep: 2 }], whole: -1 },
};

describe("valueEncoder", () => {
  it("takes what fits", () => {
    const encode = thing();
    const bytes = encode(good);
    assert.deepEqual(encode({ ...good, state: 2n, small: -4n }), bytes);
    assert.deepEqual(encode({ ...good, parts: [255, 255, 255, 255] }), bytes);
    const parts = new Uint8Array(4).fill(255);
    assert.deepEqual(encode({ ...good, whole: undefined, parts }), bytes);
  });

  it("names the field that does not fit, and says why", () => {
    const encode = thing();
    const wrong: readonly (readonly [object, string])[] = [
      [{ small: 4 }, 'field "small" of struct thing: 4 is not within -4 to 3'],
      [{ small: 1.5 }, 'field "small" of struct thing: it is to be an integer'],
      [{ small: "1" }, "it is to be an integer, not a string"],
      [{ small: undefined }, 'field "small" of struct thing: it is missing'],
      [{ on: 1 }, "it is to be a boolean, not 1"],
      [
        { state: "C" },
        'field "state" of struct thing: it has no value "C" but',
      ],
      [{ text: "größe" }, "it takes 7 bytes, there are 4"],
      [{ text: "a\0b" }, "a zero byte would end it"],
      [{ text: "\ud800" }, "it is no well-formed text"],
      [{ text: null }, "it is to be a string, not null"],
      [{ ratio: 1e60 }, "1e+60 is too large for a float"],
      [{ ratio: 1n }, "it is to be a number, not 1"],
      [{ list: [{ deep: 1 }] }, "it has 1 elements, not 2"],
      [{ list: 5 }, "it is to be an array, not 5"],
      [
        { list: [{ deep: 1 }, { deep: 300 }] },
        'field "list[1].deep" of struct thing: 300 is not within 0 to 255',
      ],
      [{ list: [{ deep: 1 }, 3] }, 'field "list[1]" of struct thing: it is to'],
      [
        { whole: undefined },
        "Cannot encode struct thing: it is to have one of whole, parts",
      ],
      [
        { parts: [1, 2, 3, 4] },
        "whole and the others of whole, parts disagree",
      ],
    ];
    for (const [change, says] of wrong) {
      assert.throws(() => encode({ ...good, ...change }), (error) => {
        const { name, message } = error as Error;
        return name === "BpfError" && message.includes(says);
      }, says);
    }
    assert.throws(
      () => encode(7),
      /struct thing: it is to be an object, not 7/,
    );
  });
});
