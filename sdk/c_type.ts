/**
 * How C writes a type.
 *
 * @module
 */

import type { Btf } from "./btf.ts";

/** The type as a declaration without a name has it: `char[16]`, `struct flow *`. */
export function cType(btf: Btf, id: number): string {
  const type = btf.type(id);
  switch (type.kind) {
    case "int":
    case "float":
      return type.name;
    case "struct":
    case "union":
    case "enum":
      return `${type.kind} ${type.name}`.trimEnd();
    case "pointer":
      return `${cType(btf, type.type)} *`.replace("* *", "**");
    case "array":
      return cArray(btf, type.element, `[${type.length}]`);
    case "alias":
      if (type.how === "typedef") return type.name;
      if (type.how === "type tag") return cType(btf, type.type);
      return qualified(btf, type.type, type.how);
    case "other":
      return type.name === "" ? "function" : type.name;
  }
}

/** The outermost length stands first. */
function cArray(btf: Btf, element: number, lengths: string): string {
  const type = btf.type(element);
  return type.kind === "array"
    ? cArray(btf, type.element, `${lengths}[${type.length}]`)
    : `${cType(btf, element)}${lengths}`;
}

/** A pointer has its qualifiers behind it. */
function qualified(btf: Btf, id: number, how: string): string {
  const text = cType(btf, id);
  return text.endsWith("*") ? `${text}${how}` : `${how} ${text}`;
}
