/**
 * Makes up C structs for tests: all kinds of members, layouts and attributes.
 *
 * @module
 */

import { type CMember, type CStruct, struct, tagged } from "./c_struct.ts";
import {
  alias,
  array,
  bool,
  type CInteger,
  type CType,
  enumeration,
  floating,
  integer,
  pointer,
  qualified,
  text,
} from "./c_type.ts";
import type { Dice } from "./dice.ts";

const integers: readonly CInteger[] = [
  { c: "signed char", bits: 8, signed: true },
  { c: "unsigned char", bits: 8, signed: false },
  { c: "short", bits: 16, signed: true },
  { c: "unsigned short", bits: 16, signed: false },
  { c: "int", bits: 32, signed: true },
  { c: "unsigned int", bits: 32, signed: false },
  { c: "long", bits: 64, signed: true },
  { c: "unsigned long", bits: 64, signed: false },
  { c: "long long", bits: 64, signed: true },
  { c: "unsigned long long", bits: 64, signed: false },
  { c: "__int128", bits: 128, signed: true },
  { c: "unsigned __int128", bits: 128, signed: false },
];

const int: CInteger = { c: "int", bits: 32, signed: true };

const pointers = ["void *@", "struct far *restrict @", "int (*@)(int)"];

/** Makes up types; what they need beforehand gathers in `declarations`. */
export class CGenerator {
  readonly #dice: Dice;
  /** Whether the compiler's BTF names enums of 64 bits. */
  readonly #named64: () => boolean;
  #count = 0;
  /** C source of enums, typedefs and structs, in order. */
  readonly declarations: string[] = [];

  /** `named64` is asked when values are read. */
  constructor(dice: Dice, named64: () => boolean) {
    this.#dice = dice;
    this.#named64 = named64;
  }

  /** A struct that is declared as `struct NAME`, some with an open array at the end. */
  event(name: string): CStruct {
    const made = this.#struct("struct", 3);
    const whole = this.#below(8) > 0
      ? made
      : struct("struct", [{ type: made }, this.#open()], "");
    this.#declare(whole, name);
    return whole;
  }

  #open(): CMember {
    const none = array(integer(int), 0);
    const declare = (name: string): string => `int ${name}[]`;
    return { name: this.#name("open"), type: { ...none, declare } };
  }

  #declare(type: CStruct, name: string): void {
    const keyword = type.body.startsWith("union") ? "union" : "struct";
    this.declarations.push(
      `${keyword} ${name} ${type.body.slice(keyword.length)};\n`,
    );
  }

  #below(limit: number): number {
    return this.#dice.below(limit);
  }

  #name(prefix: string): string {
    return `${prefix}${this.#count++}`;
  }

  #struct(kind: "struct" | "union", depth: number): CStruct {
    const length = 1 + this.#below(kind === "struct" ? 7 : 4);
    const members = Array.from({ length }, () => this.#member(depth - 1));
    const named = members.some(({ name, type }) =>
      name !== undefined || "places" in type
    );
    if (!named) members.push({ name: this.#name("m"), type: this.#plain() });
    const many =
      members.filter(({ name, type }) => name !== undefined || "places" in type)
        .length;
    return struct(kind, members, this.#attributes(), this.#below(many));
  }

  #attributes(): string {
    const packed = ["", "", "", "__attribute__((packed)) "];
    const aligned = [
      "",
      "",
      "",
      "",
      `__attribute__((aligned(${this.#align()}))) `,
    ];
    return packed[this.#below(4)] + (aligned[this.#below(5)] ?? "");
  }

  #align(): number {
    return 2 ** this.#below(6);
  }

  #member(depth: number): CMember {
    const kind = this.#below(12);
    if (kind < 3) return this.#bitfield();
    if (kind === 3 && depth > 0) {
      return { type: this.#struct(this.#either(), depth) };
    }
    const member = { name: this.#name("m"), type: this.#type(depth) };
    return this.#below(12) > 0
      ? member
      : { ...member, behind: ` __attribute__((aligned(${this.#align()})))` };
  }

  #either(): "struct" | "union" {
    return this.#below(2) === 0 ? "struct" : "union";
  }

  #bitfield(): CMember {
    const kind = this.#below(12);
    if (kind === 0) return { type: integer(int), bits: this.#below(9) };
    const name = this.#name("b");
    if (kind === 1) return { name, type: bool, bits: 1 };
    if (kind === 2) {
      return { name, type: this.#enum(32), bits: 4 + this.#below(20) };
    }
    const one = this.#integer(10);
    const bits = 1 + this.#below(one.bits);
    return { name, type: integer(one, bits), bits };
  }

  /** One of the first `many`. */
  #integer(many = integers.length): CInteger {
    return integers[this.#below(many)] ?? int;
  }

  #type(depth: number): CType {
    const kind = this.#below(depth > 0 ? 9 : 4);
    if (kind < 4) return this.#plain();
    if (kind === 4) return this.#struct(this.#either(), depth);
    if (kind === 5) return array(this.#type(depth - 1), 1 + this.#below(3));
    if (kind === 6) return this.#named(depth);
    if (kind === 7) return qualified(this.#plain(), "volatile");
    return this.#typedef(depth);
  }

  #named(depth: number): CType {
    const kind = this.#either();
    const [made, name] = [this.#struct(kind, depth), this.#name("s")];
    this.#declare(made, name);
    return tagged(made, `${kind} ${name}`);
  }

  #typedef(depth: number): CType {
    const [made, name] = [this.#type(depth - 1), this.#name("t")];
    this.declarations.push(`typedef ${made.declare(name)};\n`);
    return alias(made, name);
  }

  #plain(): CType {
    const kind = this.#below(14);
    if (kind === 0) return bool;
    if (kind === 1) return floating("float");
    if (kind === 2) return floating("double");
    if (kind === 3) return pointer(pointers[this.#below(3)] ?? "void *@");
    if (kind < 6) return text(1 + this.#below(20));
    if (kind < 8) return this.#enum([8, 16, 32, 32, 64][this.#below(5)] ?? 8);
    return qualified(integer(this.#integer()), "CONST");
  }

  /** Its values are such that a packed enum has just that many bits. */
  #enum(bits: number): CType {
    const name = this.#name("e");
    const most = bits === 32 ? 1000n : (1n << BigInt(bits - 1)) - 1n;
    const values: Record<string, bigint> = { [`${name}_MOST`]: most };
    for (const value of [0n, 1n, 5n]) values[`${name}_${value}`] = value;
    // Of 64 bits an older BTF does not tell whether it is signed.
    if (bits < 64 && this.#below(2) === 0) {
      values[`${name}_LESS`] = -2n;
    }
    const entries = Object.entries(values).map(([key, value]) =>
      `${key} = ${value}ll`
    );
    const packed = bits < 32 ? " __attribute__((packed))" : "";
    this.declarations.push(
      `enum${packed} ${name} { ${entries.join(", ")} };\n`,
    );
    const named = bits === 64 ? this.#named64 : (): boolean => true;
    return enumeration(name, bits, values, named);
  }
}
