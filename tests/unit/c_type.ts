/**
 * C types for tests: how one is declared, filled, printed by C itself, and what
 * the printed lines say of its value.
 *
 * @module
 */

import type { Dice } from "./dice.ts";

/** What C printed, line by line. */
export type NextLine = () => string;

/** How to read values: all members of a union, or the one that was filled. */
export type Members = "all" | "filled";

/** A type, with everything that a test does with its values. */
export interface CType {
  /** The C declaration of a variable or member. */
  declare(name: string): string;
  /** Statements that set the lvalue `to`. */
  fill(to: string, dice: Dice): string[];
  /** Statements that print the lvalue; `bits` says whether it is a bitfield. */
  print(of: string, bits?: boolean): string[];
  /** The value that {@linkcode CType.print} printed. */
  read(next: NextLine, members: Members): unknown;
  /** Whether any bits are a value that can be written again as it was. */
  readonly exact: boolean;
}

/** An integer type by its C name. */
export interface CInteger {
  readonly c: string;
  readonly bits: number;
  readonly signed: boolean;
}

/** Its values are numbers of up to 32 bits, bigints above; `width` is a bitfield's. */
export function integer(
  { c, bits, signed }: CInteger,
  width: number = bits,
): CType {
  return {
    declare: (name) => `${c} ${name}`,
    fill: (to, dice) => [`${to} = (${c})${wide(dice.bits(bits))};`],
    print: (of) => [`print_${signed ? "s" : "u"}((${kin(signed)})(${of}));`],
    read: (next) => width > 32 ? BigInt(next()) : Number(next()),
    exact: true,
  };
}

function kin(signed: boolean): string {
  return signed ? "__int128" : "unsigned __int128";
}

/** A constant of up to 128 bits. */
function wide(value: bigint): string {
  const [high, low] = [value >> 64n, BigInt.asUintN(64, value)];
  return `(((unsigned __int128)${high}ull << 64) | ${low}ull)`;
}

/** A pointer; `c` has its name as `@`. */
export function pointer(c: string): CType {
  return {
    declare: (name) => c.replace("@", name),
    fill: (to, dice) => [
      `${to} = (__typeof__(${to}))${dice.bits(63)}ull;`,
    ],
    print: (of) => [`print_u((unsigned long long)(${of}));`],
    read: (next) => BigInt(next()),
    exact: true,
  };
}

/** `_Bool`; any byte but 0 is true. */
export const bool: CType = {
  declare: (name) => `_Bool ${name}`,
  fill: (to, dice) => [`${to} = ${dice.below(2)};`],
  print: (of, bits = false) => [
    `print_u(${bits ? of : `*(unsigned char *)&(${of})`} != 0);`,
  ],
  read: (next) => next() !== "0",
  exact: false,
};

/** `float` or `double`. */
export function floating(c: "float" | "double"): CType {
  return {
    declare: (name) => `${c} ${name}`,
    fill: (to, dice) => [`${to} = ${dice.below(1e9)} / 65536.0 - 5e3;`],
    print: (of) => [`printf("%.17g\\n", (double)(${of}));`],
    read: (next) => {
      const text = next();
      if (/nan/.test(text)) return NaN;
      return Number(text.replace("inf", "Infinity"));
    },
    exact: false,
  };
}

/** An array of char. */
export function text(length: number): CType {
  return {
    declare: (name) => `char ${name}[${length}]`,
    fill: (to, dice) => {
      const full = "Hi, größe! abcdefghijklmnopqrstuvwxyz";
      const bytes = new TextEncoder().encode(
        full.slice(0, dice.below(length + 1)),
      );
      const cut = bytes.length > length ? [] : [...bytes];
      return [...cut, ...(cut.length < length ? [0] : [])].map((byte, at) =>
        `${to}[${at}] = (char)${byte};`
      );
    },
    print: (of) => [`print_hex(${of}, ${length});`],
    read: (next) => {
      const bytes = Uint8Array.fromHex(next());
      const end = [...bytes, 0].indexOf(0);
      return new TextDecoder().decode(bytes.subarray(0, end));
    },
    exact: false,
  };
}

/** `length` elements. */
export function array(of: CType, length: number): CType {
  const each = <T>(make: (index: number) => T[]): T[] =>
    Array.from({ length }, (_, index) => make(index)).flat();
  return {
    declare: (name) => of.declare(`${name}[${length}]`),
    fill: (to, dice) => each((at) => of.fill(`${to}[${at}]`, dice)),
    print: (from) => each((at) => of.print(`${from}[${at}]`)),
    read: (next, members) => each(() => [of.read(next, members)]),
    exact: of.exact,
  };
}

/** The type by another name. */
export function alias(of: CType, name: string): CType {
  return { ...of, declare: (variable) => `${name} ${variable}` };
}

/** The type with a qualifier in front. */
export function qualified(of: CType, qualifier: string): CType {
  return { ...of, declare: (name) => `${qualifier} ${of.declare(name)}` };
}

/** An enum that is declared elsewhere: `values` by name. */
export function enumeration(
  name: string,
  bits: number,
  values: Readonly<Record<string, bigint>>,
  named: () => boolean,
): CType {
  const signed = Object.values(values).some((value) => value < 0n);
  const numbers = Object.values(values);
  return {
    declare: (variable) => `enum ${name} ${variable}`,
    fill: (to, dice) => {
      const one = numbers[dice.below(2 * numbers.length)] ?? 3n;
      return [`${to} = (enum ${name})${one}ll;`];
    },
    print: (of) => [`print_${signed ? "s" : "u"}((${kin(signed)})(${of}));`],
    read: (next) => {
      const value = BigInt(next());
      const found = Object.entries(values).find(([, one]) => one === value);
      if (found !== undefined && named()) return found[0];
      return bits > 32 ? value : Number(value);
    },
    exact: true,
  };
}
