/**
 * Writes TypeScript types of C types: what the decoder makes of their values.
 *
 * @module
 */

import type { Int64 } from "./bits.ts";
import type { Btf } from "./btf.ts";
import { cType } from "./c_type.ts";
import {
  type EnumShape,
  type Field,
  fieldsOf,
  type RecordShape,
  type Shape,
} from "./shape.ts";
import { pascalCase, TypeNames } from "./type_names.ts";

/**
 * Gathers exported types: an interface for each struct and union, a union for
 * each enum. Each C type is written once, behind the first that has it.
 */
export class TypeText {
  readonly #btf: Btf;
  readonly #int64: Int64;
  readonly #names = new TypeNames();
  readonly #byId = new Map<number, string>();
  readonly #texts: string[] = [];

  /** `int64` as the decoder is given it. */
  constructor(btf: Btf, int64: Int64) {
    this.#btf = btf;
    this.#int64 = int64;
  }

  /** What was gathered; the lines are as long as they are. */
  get text(): string {
    return this.#texts.join("\n");
  }

  /** The type of a shape. A struct without a name gets that of `words`. */
  type(shape: Shape, words: string): string {
    switch (shape.is) {
      case "integer":
        return shape.address ? "bigint" : this.#integer(shape.bits);
      case "bool":
        return "boolean";
      case "float":
        return "number";
      case "text":
        return "string";
      case "enum":
        return this.#enum(shape, words);
      case "list": {
        const element = this.type(shape.element, words);
        return `readonly ${/\W/.test(element) ? `(${element})` : element}[]`;
      }
      case "record":
        return this.#byId.get(shape.id) ?? this.#record(shape, words);
    }
  }

  /** Another name for a type; none is needed where it has that name already. */
  alias(words: string, type: string, doc: string): void {
    if (pascalCase(words) === type) return;
    const name = this.#names.give(words);
    this.#texts.push(`/** ${doc} */\nexport type ${name} = ${type};\n`);
  }

  #integer(bits: number): string {
    if (bits <= 32) return "number";
    if (bits > 64 || this.#int64 === "bigint") return "bigint";
    return "number | bigint";
  }

  #record(shape: RecordShape, words: string): string {
    const name = this.#begin(shape, words);
    // Its place is before those of its fields, which it is to be asked for.
    const place = this.#texts.push("") - 1;
    const own = shape.name === "" ? name : shape.name;
    const fields = fieldsOf(shape.members).map((field) => {
      const type = this.type(field.shape, `${own}_${field.name}`);
      return `  /** ${this.#declared(field)} */
  readonly ${field.name}: ${type};\n`;
    });
    const doc = `/** ${this.#described(shape)}: ${count(shape.size)} */\n`;
    this.#texts[place] = fields.length === 0
      ? `${doc}export type ${name} = Record<string, never>;\n`
      : `${doc}export interface ${name} {\n${fields.join("")}}\n`;
    return name;
  }

  /** A bitfield of an enum of 64 bits may be a number where the enum is a bigint. */
  #enum(shape: EnumShape, words: string): string {
    const type = this.#btf.type(shape.id);
    const bits = "size" in type ? 8 * type.size : shape.bits;
    const own = this.#integer(bits);
    const name = this.#byId.get(shape.id) ?? this.#union(shape, words, own);
    const here = this.#integer(shape.bits);
    return own.includes(here) ? name : `${name} | ${here}`;
  }

  #union(shape: EnumShape, words: string, otherwise: string): string {
    const name = this.#begin(shape, words);
    const names = shape.values.map(([name]) => JSON.stringify(name));
    const cases = [...names, otherwise].join(" | ");
    const doc = this.#described(shape);
    this.#texts.push(`/** ${doc} */\nexport type ${name} = ${cases};\n`);
    return name;
  }

  #begin(shape: RecordShape | EnumShape, words: string): string {
    const name = this.#names.give(shape.name === "" ? words : shape.name);
    this.#byId.set(shape.id, name);
    return name;
  }

  /** `struct flow`, or the typedef of one that has no name. */
  #described({ id, name }: RecordShape | EnumShape): string {
    const c = cType(this.#btf, id);
    return c.includes(" ") || name === "" ? c : name;
  }

  #declared({ declared: { type, bits } }: Field): string {
    const c = cType(this.#btf, type);
    return bits === 0 ? c : `${c} : ${bits}`;
  }
}

function count(bytes: number): string {
  return bytes === 1 ? "1 byte" : `${bytes} bytes`;
}
