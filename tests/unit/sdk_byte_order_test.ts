/**
 * Bitfields of both byte orders, in bytes that clang laid out: it writes the
 * initial value of a variable into the object.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Btf } from "../../sdk/btf.ts";
import { eventDecoder } from "../../sdk/decode.ts";
import { compileBpf } from "./c_program.ts";
import { Dice } from "./dice.ts";

const storages = ["char", "short", "int", "long long"];

/** A struct of bitfields of all widths, and a variable of its own section. */
function bitfields(
  dice: Dice,
  index: number,
): { source: string; value: object } {
  const fields = Array.from({ length: 12 }, (_, field) => {
    const power = dice.below(4);
    const bits = 1 + dice.below(8 << power);
    const signed = dice.below(2) === 0;
    const raw = dice.bits(bits);
    const value = signed ? BigInt.asIntN(bits, raw) : raw;
    const name = `f${field}`;
    const type = `${signed ? "signed" : "unsigned"} ${storages[power]}`;
    return {
      declared: `${type} ${name} : ${bits};\n`,
      given: `.${name} = ${raw}ull,\n`,
      entry: [name, bits > 32 ? value : Number(value)] as const,
    };
  });
  const packed = dice.below(2) === 0 ? "" : "__attribute__((packed))";
  const body = fields.map(({ declared }) => declared).join("");
  const given = fields.map(({ given }) => given).join("");
  const place = `__attribute__((section(".v${index}")))`;
  return {
    source: `struct s${index} {\n${body}} ${packed};
struct s${index} v${index} ${place} = {\n${given}};\n`,
    value: Object.fromEntries(fields.map(({ entry }) => entry)),
  };
}

/** The bytes of a section of a 64-bit ELF file: elf(5). */
function section(
  file: Uint8Array<ArrayBuffer>,
  wanted: string,
): Uint8Array<ArrayBuffer> {
  const view = new DataView(file.buffer);
  const little = file[5] === 1;
  const long = (at: number): number => Number(view.getBigUint64(at, little));
  const table = long(0x28);
  const head = (index: number): number => table + 64 * index;
  const names = long(head(view.getUint16(0x3e, little)) + 0x18);
  for (let index = 0; index < view.getUint16(0x3c, little); index++) {
    const at = head(index);
    const name = file.subarray(names + view.getUint32(at, little));
    const text = new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
    const start = long(at + 0x18);
    if (text === wanted) return file.slice(start, start + long(at + 0x20));
  }
  throw new Error(`no section ${wanted}`);
}

/** Compiles 40 structs into one object and decodes their initial values. */
async function decodeInitial(target: string): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const dice = new Dice(77);
    const made = Array.from({ length: 40 }, (_, at) => bitfields(dice, at));
    const source = made.map(({ source }) => source).join("");
    await Deno.writeTextFile(`${folder}/a.c`, source);
    await compileBpf(`${folder}/a.c`, `${folder}/a.o`, target);
    const file = await Deno.readFile(`${folder}/a.o`);
    const btf = Btf.parse(section(file, ".BTF"));
    assert.equal(btf.littleEndian, target === "bpfel");
    for (const [index, { value }] of made.entries()) {
      const id = btf.find("struct", `s${index}`) ?? 0;
      const bytes = section(file, `.v${index}`);
      const decode = eventDecoder(btf, id);
      assert.deepEqual(decode(new DataView(bytes.buffer), 0), value);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

describe("bitfields", () => {
  it("are read as a little-endian machine lays them out", () =>
    decodeInitial("bpfel"));

  it("are read as a big-endian machine lays them out", () =>
    decodeInitial("bpfeb"));
});
