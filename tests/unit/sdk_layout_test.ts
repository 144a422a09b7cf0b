/**
 * Decoding and encoding against a C compiler's own layout and values.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { eventDecoder } from "../../sdk/decode.ts";
import { valueEncoder } from "../../sdk/encode.ts";
import { fieldsOf } from "../../sdk/shape.ts";
import { shapeOf } from "../../sdk/shape_reader.ts";
import { TypeText } from "../../sdk/type_text.ts";
import { makeStructs } from "./c_structs.ts";

const count = 240;
const { btf, made } = await makeStructs(count, 20250601);

function idOf(name: string): number {
  return btf.find("struct", name) ?? assert.fail(`no struct ${name}`);
}

describe(`${count} generated structs`, () => {
  it("have the size and offsets that C prints", () => {
    let compared = 0;
    for (const { name, size, offsets } of made) {
      const shape = shapeOf(btf, idOf(name), { field: String, remedy: "" });
      assert.ok(shape.is === "record");
      assert.equal(shape.size, size, name);
      for (const field of fieldsOf(shape.members)) {
        const offset = offsets.get(field.name);
        if (offset === undefined) continue;
        assert.equal(field.offset, offset, `${name}.${field.name}`);
        compared++;
      }
    }
    assert.ok(compared > count);
  });

  it("are decoded to the values that C printed", () => {
    for (const { name, fills } of made) {
      const decode = eventDecoder(btf, idOf(name));
      for (const { bytes, ground, value } of fills) {
        const moved = new Uint8Array(bytes.length + 8).fill(0x5a);
        moved.set(bytes, 8);
        const decoded = decode(new DataView(moved.buffer), 8);
        assert.deepEqual(decoded, value, `${name} on ${ground}`);
      }
    }
  });

  it("are encoded to the bytes that C filled", () => {
    for (const { name, fills } of made) {
      const encode = valueEncoder(btf, idOf(name), name);
      for (const { bytes, ground, given } of fills) {
        if (ground === 0) assert.deepEqual(encode(given), bytes, name);
      }
    }
  });

  it("are encoded as they were decoded, with all members of their unions", () => {
    let compared = 0;
    for (const { name, type, fills } of made) {
      // Some bits of text, floats and booleans have no value that is theirs alone.
      if (!type.exact) continue;
      const encode = valueEncoder(btf, idOf(name), name);
      for (const { bytes, ground, value } of fills) {
        if (ground === 0) assert.deepEqual(encode(value), bytes, name);
        const decode = eventDecoder(btf, idOf(name), { int64: "number" });
        const again = encode(decode(new DataView(bytes.buffer), 0));
        assert.deepEqual(encode(value), again, name);
        compared++;
      }
    }
    assert.ok(compared > 50, `${compared}`);
  });

  it("are decoded to what their TypeScript types say", async () => {
    const file = await Deno.makeTempFile({ suffix: ".ts" });
    try {
      await Deno.writeTextFile(file, typed("bigint") + typed("number"));
      const deno = new Deno.Command(Deno.execPath(), {
        args: ["check", "--no-config", "--quiet", file],
      });
      const { success, stderr } = await deno.output();
      assert.ok(success, new TextDecoder().decode(stderr).slice(0, 2000));
    } finally {
      await Deno.remove(file);
    }
  });
});

/** A namespace with the types of all structs, and a decoded value of each. */
function typed(int64: "bigint" | "number"): string {
  const text = new TypeText(btf, int64);
  const values = made.map(({ name, fills }) => {
    const id = idOf(name);
    const shape = shapeOf(btf, id, { field: String, remedy: "" });
    const type = text.type(shape, name);
    const decode = eventDecoder(btf, id, { int64 });
    const bytes = fills.at(-1)?.bytes ?? assert.fail();
    const told = literal(decode(new DataView(bytes.buffer), 0));
    return `export const v_${name}: ${type} = ${told};\n`;
  });
  return `export namespace told_${int64} {\n${text.text}${values.join("")}}\n`;
}

function literal(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  const fields = Object.entries(value).map(([name, field]) =>
    `${name}: ${literal(field)}`
  );
  return `{ ${fields.join(", ")} }`;
}
