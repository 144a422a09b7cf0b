/**
 * The kinds of types in BTF.
 *
 * @module
 */

/** BTF_KIND_* of linux/btf.h. */
export const kind = {
  int: 1,
  pointer: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  forward: 7,
  typedef: 8,
  volatile: 9,
  const: 10,
  restrict: 11,
  function: 12,
  prototype: 13,
  variable: 14,
  section: 15,
  float: 16,
  tag: 17,
  typeTag: 18,
  enum64: 19,
} as const;

/** Bytes behind the 12-byte head of a type: of each kind, once and for each entry. */
export const tails: Readonly<Record<number, { once?: number; each?: number }>> =
  {
    [kind.int]: { once: 4 },
    [kind.pointer]: {},
    [kind.array]: { once: 12 },
    [kind.struct]: { each: 12 },
    [kind.union]: { each: 12 },
    [kind.enum]: { each: 8 },
    [kind.forward]: {},
    [kind.typedef]: {},
    [kind.volatile]: {},
    [kind.const]: {},
    [kind.restrict]: {},
    [kind.function]: {},
    [kind.prototype]: { each: 8 },
    [kind.variable]: { once: 4 },
    [kind.section]: { each: 12 },
    [kind.float]: {},
    [kind.tag]: { once: 4 },
    [kind.typeTag]: {},
    [kind.enum64]: { each: 12 },
  };

/** What the kinds without a value are. */
export const valueless: Readonly<Record<number, string>> = {
  [kind.forward]: "a struct or union that is only declared",
  [kind.function]: "a function",
  [kind.prototype]: "a function",
  [kind.variable]: "a variable",
  [kind.section]: "a section",
  [kind.tag]: "a tag",
};

/** The kinds that stand for another type, and how. */
export const aliases = {
  [kind.typedef]: "typedef",
  [kind.volatile]: "volatile",
  [kind.const]: "const",
  [kind.restrict]: "restrict",
  [kind.typeTag]: "type tag",
} as const;
