/**
 * What a value of a C type is to TypeScript, and where its bits lie: what
 * decoding, encoding and the writing of types have in common.
 *
 * @module
 */

import type { BtfEnum } from "./btf_type.ts";

/** A value of a type. */
export type Shape =
  | IntegerShape
  | EnumShape
  | { readonly is: "bool"; readonly bits: number }
  | { readonly is: "float"; readonly bits: 32 | 64 }
  /** An array of char: `length` bytes. */
  | { readonly is: "text"; readonly length: number }
  | ListShape
  | RecordShape;

/** A number of up to 32 bits, else a bigint, or either. */
export interface IntegerShape {
  readonly is: "integer";
  readonly bits: number;
  readonly signed: boolean;
  /** A pointer: always a bigint. */
  readonly address: boolean;
}

/** The name of a value; a value without one is itself. */
export interface EnumShape {
  readonly is: "enum";
  /** Of the type in the BTF. */
  readonly id: number;
  /** Its own name, else a typedef's, else empty. */
  readonly name: string;
  readonly bits: number;
  readonly signed: boolean;
  readonly values: BtfEnum["values"];
}

/** An array of anything but char. */
export interface ListShape {
  readonly is: "list";
  readonly element: Shape;
  readonly length: number;
  /** Bytes from one element to the next. */
  readonly stride: number;
}

/** A struct or union. */
export interface RecordShape {
  readonly is: "record";
  /** Of the type in the BTF. */
  readonly id: number;
  /** Its own name, else a typedef's, else empty. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** A union has one member, which is a choice. */
  readonly members: readonly ShapeMember[];
}

/** A member: a field, or a choice between the members of a union. */
export type ShapeMember = Field | Choice;

/** One field; those of anonymous structs and unions are the outer one's. */
export interface Field {
  readonly is: "field";
  readonly name: string;
  /** From the start of the record, bytes. */
  readonly offset: number;
  /** Bits before it in that byte, in the order of the machine's byte order. */
  readonly shift: number;
  readonly shape: Shape;
  /** Id of its type as it is declared, and the bits of a bitfield or 0. */
  readonly declared: { readonly type: number; readonly bits: number };
}

/** The members of a union, whose bits overlap. */
export interface Choice {
  readonly is: "choice";
  /** One list for each member: one field, or those of an anonymous struct. */
  readonly ways: readonly (readonly ShapeMember[])[];
}

/** Bits that a value takes. */
export function bitsOf(shape: Shape): number {
  switch (shape.is) {
    case "text":
      return 8 * shape.length;
    case "list":
      return 8 * shape.length * shape.stride;
    case "record":
      return 8 * shape.size;
    default:
      return shape.bits;
  }
}

/** All fields in the order of the source, those in choices too. */
export function fieldsOf(members: readonly ShapeMember[]): Field[] {
  return members.flatMap((member) =>
    member.is === "field" ? [member] : member.ways.flatMap(fieldsOf)
  );
}

/** What an error calls the field at `path` (`.peers[].name`) of a value. */
export function fieldOf(what: string, path: string): string {
  if (path === "") return what;
  return `field "${path.replace(/^\./, "")}" of ${what}`;
}
