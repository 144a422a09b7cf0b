/**
 * Many generated structs, with what a C compiler says of each: its layout, its
 * bytes, and the values that they hold.
 *
 * @module
 */

import { BpfError, BpfObject } from "../../mod.ts";
import { Btf } from "../../sdk/btf.ts";
import { CGenerator } from "./c_generator.ts";
import { compileBpf, runC } from "./c_program.ts";
import type { CStruct } from "./c_struct.ts";
import { Dice } from "./dice.ts";

/** One struct with its values. */
export interface Made {
  readonly name: string;
  readonly type: CStruct;
  /** sizeof, bytes. */
  readonly size: number;
  /** offsetof of each field that has an address, bytes. */
  readonly offsets: ReadonlyMap<string, number>;
  /** Filled on a ground of zeros, and on one of 0xa5. */
  readonly fills: readonly Fill[];
}

/** The bytes and what C reads in them. */
export interface Fill {
  readonly ground: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** With all members of each union. */
  readonly value: Record<string, unknown>;
  /** With that member only that was filled. */
  readonly given: Record<string, unknown>;
}

const grounds = [0, 0xa5];

const head = `
#ifdef __bpf__
#define CONST const
#else
#define CONST
#endif
struct far;
`;

const print = `
#include <stdio.h>
#include <stddef.h>
#include <string.h>
static void print_u(unsigned __int128 value)
{
	char digits[40];
	int at = sizeof(digits);

	digits[--at] = 0;
	do
		digits[--at] = '0' + (int)(value % 10);
	while (value /= 10);
	puts(digits + at);
}
static void print_s(__int128 value)
{
	if (value < 0)
		putchar('-');
	print_u(value < 0 ? -(unsigned __int128)value : value);
}
static void print_hex(const void *bytes, int size)
{
	for (int at = 0; at < size; at++)
		printf("%02x", ((const unsigned char *)bytes)[at]);
	puts("");
}
`;

/** One function for each struct: layout, then bytes and values on each ground. */
function prover(name: string, type: CStruct, dice: Dice): string {
  const offsets = type.places.map((place) =>
    `printf("%zu\\n", offsetof(struct ${name}, ${place}));`
  );
  const fill = type.fill("v", dice);
  const rounds = grounds.map((ground) => [
    `memset(&v, ${ground}, sizeof(v));`,
    ...fill,
    "print_hex(&v, sizeof(v));",
    ...type.print("v"),
  ]);
  const steps = [`printf("%zu\\n", sizeof(v));`, ...offsets, ...rounds.flat()];
  return `static void prove_${name}(void)
{\nstatic struct ${name} v;\n${steps.join("\n")}\n}\n`;
}

/** Makes `count` structs and asks the compiler. */
export async function makeStructs(
  count: number,
  seed: number,
): Promise<{ btf: Btf; made: Made[] }> {
  const folder = await Deno.makeTempDir();
  try {
    let named64 = false;
    const dice = new Dice(seed);
    const generator = new CGenerator(dice, () => named64);
    const types = Array.from({ length: count }, (_, index) => {
      const name = `made${index}`;
      return { name, type: generator.event(name) };
    });
    const source = head + generator.declarations.join("");
    const variables = types.map(({ name }) => `struct ${name} v_${name};\n`);
    await Deno.writeTextFile(
      `${folder}/bpf.c`,
      `${source}enum wide { WIDE = 1ll << 40 } v_wide;\n${variables.join("")}`,
    );
    const provers = types.map(({ name, type }) => prover(name, type, dice));
    const calls = types.map(({ name }) => `prove_${name}();\n`);
    await Deno.writeTextFile(
      `${folder}/native.c`,
      `${source}${print}${provers.join("")}int main(void)\n{\n${
        calls.join("")
      }}\n`,
    );
    const [said] = await Promise.all([
      runC(`${folder}/native.c`, `${folder}/native`),
      compileBpf(`${folder}/bpf.c`, `${folder}/bpf.o`),
    ]);
    const btf = openBtf(`${folder}/bpf.o`);
    const wide = btf.find("enum", "wide");
    const enumeration = wide === undefined ? undefined : btf.type(wide);
    named64 = enumeration?.kind === "enum" && enumeration.values.length > 0;
    const lines = said.split("\n")[Symbol.iterator]();
    const next = (): string => lines.next().value ?? "";
    return { btf, made: types.map((one) => readMade(one, next)) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The BTF of an object file. */
export function openBtf(path: string): Btf {
  using object = BpfObject.open(path);
  const bytes = object.btf();
  if (bytes === undefined) throw new BpfError(`read the BTF of "${path}"`);
  return Btf.parse(bytes);
}

function readMade(
  { name, type }: { name: string; type: CStruct },
  next: () => string,
): Made {
  const size = Number(next());
  const offsets = new Map(type.places.map((place) => [place, Number(next())]));
  const fills = grounds.map((ground) => {
    const bytes = Uint8Array.fromHex(next());
    const lines: string[] = [];
    const value = type.read(() => {
      const line = next();
      lines.push(line);
      return line;
    }, "all");
    const given = type.read(() => lines.shift() ?? "", "filled");
    return { ground, bytes, value, given };
  });
  return { name, type, size, offsets, fills };
}
