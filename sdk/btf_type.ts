/**
 * The types that BTF describes, one by one, as they stand in the file.
 *
 * @module
 */

/** A member of a struct or union. */
export interface BtfMember {
  /** Empty for an anonymous struct or union. */
  readonly name: string;
  /** Id of its type. */
  readonly type: number;
  /** From the start of the struct, bits. */
  readonly bitOffset: number;
  /**
   * Bits of a bitfield as the struct tells them; 0 for an ordinary member, and
   * for the bitfields of older compilers, whose type is an `int` of fewer bits.
   */
  readonly bits: number;
}

/** An integer, `char` and `bool` among them. */
export interface BtfInt {
  /** Says which of the types it is. */
  readonly kind: "int";
  /** As the compiler calls it: `"unsigned int"`. */
  readonly name: string;
  /** Bytes of its storage. */
  readonly size: number;
  /** Bits that count: `8 * size`, or fewer for an older compiler's bitfield. */
  readonly bits: number;
  /** Where they begin in the storage, bits. */
  readonly offset: number;
  /** Whether its highest bit is its sign. */
  readonly signed: boolean;
  /** `_Bool`. */
  readonly bool: boolean;
}

/** `length` elements of a type; of several dimensions, an array of arrays. */
export interface BtfArray {
  /** Says which of the types it is. */
  readonly kind: "array";
  /** Id of the element's type. */
  readonly element: number;
  /** 0 for the open array at the end of a struct. */
  readonly length: number;
}

/** A struct or union. */
export interface BtfStruct {
  /** Says which of the types it is. */
  readonly kind: "struct" | "union";
  /** Empty where the source gave none. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** In the order of the source. */
  readonly members: readonly BtfMember[];
}

/**
 * An enum. Before BTF_KIND_ENUM64 (6089fb325cf7 ("bpf: Add btf enum64 support"),
 * clang 15) compilers kept the low 32 bits of each value only and did not say
 * whether they are signed: those of up to 4 bytes are taken as signed if one of
 * them is negative, those of 8 bytes as unsigned and without names.
 */
export interface BtfEnum {
  /** Says which of the types it is. */
  readonly kind: "enum";
  /** Empty where the source gave none. */
  readonly name: string;
  /** Bytes of its storage. */
  readonly size: number;
  /** Whether the highest bit of its values is their sign. */
  readonly signed: boolean;
  /** Names with their values, as in the source. */
  readonly values: readonly (readonly [name: string, value: bigint])[];
}

/** One type. */
export type BtfType =
  | BtfInt
  | BtfArray
  | BtfStruct
  | BtfEnum
  | {
    readonly kind: "float";
    readonly name: string;
    /** Bytes. */
    readonly size: number;
  }
  | { readonly kind: "pointer"; readonly type: number }
  | {
    readonly kind: "alias";
    readonly how: "typedef" | "const" | "volatile" | "restrict" | "type tag";
    /** Of a typedef or a type tag; empty for the others. */
    readonly name: string;
    /** Id of the type behind it. */
    readonly type: number;
  }
  /** What has no value: void, a function, a struct that is only declared, … */
  | { readonly kind: "other"; readonly name: string; readonly what: string };
