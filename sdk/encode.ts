/**
 * Turns values into bytes, by the types in an object's BTF: the reverse of
 * decode.ts.
 *
 * @module
 */

import { BpfError } from "../ffi/error.ts";
import type { Btf } from "./btf.ts";
import { Misfit, within } from "./misfit.ts";
import {
  bitsOf,
  type Choice,
  type Field,
  fieldOf,
  fieldsOf,
  type ListShape,
  type RecordShape,
  type Shape,
  type ShapeMember,
} from "./shape.ts";
import { scalarWriter, type Writer } from "./scalar_writer.ts";
import { shapeOf } from "./shape_reader.ts";

/** Makes the bytes of one value. */
export type Encoder = (value: unknown) => Uint8Array<ArrayBuffer>;

/**
 * The encoder of values of type `id`. It takes what the decoder makes of that
 * type, and beside it: numbers for bigints and bigints for numbers where they
 * are whole and fit; any array-like object for an array of the same length; of
 * a union one member, or several that agree about the bits they share. Padding
 * is zero. What does not fit is a BpfError that names the field; `what` is what
 * it calls the whole: `the key of map "started"`.
 */
export function valueEncoder(btf: Btf, id: number, what: string): Encoder {
  const field = (path: string): string => fieldOf(what, path);
  const shape = shapeOf(btf, id, { field, remedy: "write its bytes yourself" });
  const write = writerOf(shape, btf.littleEndian);
  const size = Math.ceil(bitsOf(shape) / 8);
  return (value) => {
    const bytes = new Uint8Array(size);
    try {
      write(new DataView(bytes.buffer), 0, value);
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      const { path, message: cause } = error;
      throw new BpfError(`encode ${field(path)}`, { cause });
    }
    return bytes;
  };
}

function writerOf(shape: Shape, little: boolean, shift = 0): Writer {
  switch (shape.is) {
    case "list":
      return list(shape, little);
    case "record":
      return record(shape, little);
    default:
      return scalarWriter(shape, little, shift);
  }
}

function list({ element, length, stride }: ListShape, little: boolean): Writer {
  const write = writerOf(element, little);
  return (view, at, value) => {
    if (!isArrayLike(value)) throw Misfit.type("an array", value);
    if (value.length !== length) {
      throw new Misfit(`it has ${value.length} elements, not ${length}`);
    }
    for (let i = 0; i < length; i++) {
      within(`[${i}]`, () => write(view, at + i * stride, value[i]));
    }
  };
}

function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  return typeof value === "object" && value !== null && "length" in value &&
    typeof value.length === "number";
}

type Values = Readonly<Record<string, unknown>>;

/** Writes members of the record that begins at `at`. */
type MembersWriter = (view: DataView, at: number, values: Values) => void;

function record({ members, size }: RecordShape, little: boolean): Writer {
  const write = membersWriter(members, size, little);
  return (view, at, value) => {
    if (typeof value !== "object" || value === null) {
      throw Misfit.type("an object", value);
    }
    write(view, at, value as Values);
  };
}

function membersWriter(
  members: readonly ShapeMember[],
  size: number,
  little: boolean,
): MembersWriter {
  const writers = members.map((member) =>
    member.is === "field"
      ? fieldWriter(member, little)
      : choiceWriter(member, size, little)
  );
  return (view, at, values) => {
    for (const write of writers) write(view, at, values);
  };
}

function fieldWriter(field: Field, little: boolean): MembersWriter {
  const { name, offset, shape, shift } = field;
  const write = writerOf(shape, little, shift);
  return (view, at, values) =>
    within(`.${name}`, () => {
      const value = values[name];
      if (value === undefined) throw new Misfit("it is missing");
      write(view, at + offset, value);
    });
}

/** One member is enough; if there are several, none may change what the others wrote. */
function choiceWriter(
  { ways }: Choice,
  size: number,
  little: boolean,
): MembersWriter {
  const choices = ways.map((way) => ({
    names: fieldsOf(way).map(({ name }) => name),
    write: membersWriter(way, size, little),
  }));
  const all = choices.flatMap(({ names }) => names).join(", ");
  return (view, at, values) => {
    const given = choices.filter(({ names }) =>
      names.some((name) => values[name] !== undefined)
    );
    if (given.length === 0) throw new Misfit(`it is to have one of ${all}`);
    for (const { write } of given) write(view, at, values);
    if (given.length === 1) return;
    const bytes = new Uint8Array(view.buffer, view.byteOffset + at, size);
    const written = bytes.slice();
    for (const { names, write } of given) {
      write(view, at, values);
      if (written.every((byte, index) => byte === bytes[index])) continue;
      throw new Misfit(`${names.join(", ")} and the others of ${all} disagree`);
    }
  };
}
