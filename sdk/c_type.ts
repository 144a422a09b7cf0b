/**
 * How C writes a type.
 *
 * @module
 */

import { BpfError } from "../ffi/error.ts";
import type { Btf } from "./btf.ts";

/** Pointers to pointers, arrays and qualifiers in a row; the kernel's MAX_RESOLVE_DEPTH is 32. */
const deepest = 32;

/** The type as a declaration without a name has it: `char[16]`, `struct flow *`. */
export function cType(btf: Btf, id: number, depth = 0): string {
  const type = btf.type(id);
  if (depth > deepest) {
    throw new BpfError(`write type ${id} of BTF`, {
      cause: `it lies more than ${deepest} types deep`,
    });
  }
  switch (type.kind) {
    case "int":
    case "float":
      return type.name;
    case "struct":
    case "union":
    case "enum":
      return `${type.kind} ${type.name}`.trimEnd();
    case "pointer":
      return `${cType(btf, type.type, depth + 1)} *`.replace("* *", "**");
    case "array":
      return array(btf, type.element, `[${type.length}]`, depth + 1);
    case "alias":
      if (type.how === "typedef") return type.name;
      if (type.how === "type tag") return cType(btf, type.type, depth + 1);
      return qualified(cType(btf, type.type, depth + 1), type.how);
    case "other":
      return type.name === "" ? "function" : type.name;
  }
}

/** The outermost length stands first. */
function array(
  btf: Btf,
  element: number,
  lengths: string,
  depth: number,
): string {
  const type = btf.type(element);
  return type.kind === "array" && depth <= deepest
    ? array(btf, type.element, `${lengths}[${type.length}]`, depth + 1)
    : `${cType(btf, element, depth)}${lengths}`;
}

/** A pointer has its qualifiers behind it. */
function qualified(text: string, how: string): string {
  return text.endsWith("*") ? `${text}${how}` : `${how} ${text}`;
}
