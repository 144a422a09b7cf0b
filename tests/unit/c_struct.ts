/**
 * Structs and unions of C for tests; see c_type.ts.
 *
 * @module
 */

import type { CType, Members, NextLine } from "./c_type.ts";

/** A member; one without a name is anonymous, or padding. */
export interface CMember {
  readonly name?: string;
  readonly type: CType;
  /** Width of a bitfield. */
  readonly bits?: number;
  /** What stands behind it: attributes. */
  readonly behind?: string;
}

/** A struct or union: a body without a name in the source. */
export interface CStruct extends CType {
  /** `struct { … }` with its attributes. */
  readonly body: string;
  /** Names of the fields that have an address, in the order of the source. */
  readonly places: readonly string[];
  /** What it prints for one member after the other is one object. */
  read(next: NextLine, members: Members): Record<string, unknown>;
}

/** `filled` is the member of a union that is filled. */
export function struct(
  kind: "struct" | "union",
  members: readonly CMember[],
  attributes: string,
  filled = 0,
): CStruct {
  const lines = members.map(declareMember);
  const body = `${kind} {\n${lines.join("")}} ${attributes}`;
  const values = members.filter(({ name, type }) =>
    name !== undefined || "places" in type
  );
  const given = kind === "struct" ? values : values.slice(filled, filled + 1);
  return {
    body,
    declare: (name) => `${body} ${name}`,
    fill: (to, random) =>
      given.flatMap(({ name, type }) => type.fill(inside(to, name), random)),
    print: (of) =>
      values.flatMap(({ name, type, bits }) =>
        type.print(inside(of, name), bits !== undefined)
      ),
    read: (next, which) => {
      const value: Record<string, unknown> = {};
      for (const member of values) {
        const one = member.type.read(next, which);
        if (which === "filled" && !given.includes(member)) continue;
        if (member.name === undefined) Object.assign(value, one);
        else value[member.name] = one;
      }
      return value;
    },
    exact: values.every(({ type }) => type.exact),
    places: values.flatMap(({ name, type, bits }) => {
      if (name === undefined && "places" in type) {
        return (type as CStruct).places;
      }
      return name === undefined || bits !== undefined ? [] : [name];
    }),
  };
}

/** The same struct by a name that was declared before. */
export function tagged(of: CStruct, tag: string): CType {
  const { declare: _, body: __, places: ___, ...rest } = of;
  return { ...rest, declare: (name) => `${tag} ${name}` };
}

function inside(of: string, name: string | undefined): string {
  return name === undefined ? of : `${of}.${name}`;
}

function declareMember(
  { name = "", type, bits, behind = "" }: CMember,
): string {
  const width = bits === undefined ? "" : ` : ${bits}`;
  return `${type.declare(name)}${width}${behind};\n`;
}
