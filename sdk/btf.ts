/**
 * BTF, the BPF Type Format: the types that an object carries.
 *
 * @module
 */

import { BpfError } from "../ffi/error.ts";
import { BtfSection } from "./btf_section.ts";
import type { BtfType } from "./btf_type.ts";

/** Type 0 of every BTF. */
const none: BtfType = { kind: "other", name: "void", what: "void" };

/** The types of one object, by their ids. */
export class Btf {
  readonly #types: readonly BtfType[];
  /** The byte order of the machine that the object is for. */
  readonly littleEndian: boolean;

  private constructor(types: readonly BtfType[], littleEndian: boolean) {
    this.#types = types;
    this.littleEndian = littleEndian;
  }

  /**
   * Reads the raw bytes of a `.BTF` section, of either byte order; a BpfError
   * says why they are none.
   */
  static parse(bytes: Uint8Array<ArrayBuffer>): Btf {
    try {
      const section = new BtfSection(bytes);
      return new Btf([...section.types()], section.littleEndian);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new BpfError("read BTF", { cause: "it ends too early" });
    }
  }

  /** The type with this id; ids count from 1, and 0 is void. */
  type(id: number): BtfType {
    const type = id === 0 ? none : this.#types[id - 1];
    if (type !== undefined) return type;
    throw new BpfError(`find type ${id} in BTF`, {
      cause: `it has ${this.#types.length} types`,
    });
  }

  /** The id of the type of that name, or `undefined`; of two the first counts. */
  find(kind: BtfType["kind"], name: string): number | undefined {
    const index = this.#types.findIndex((type) =>
      type.kind === kind && "name" in type && type.name === name
    );
    return index < 0 ? undefined : index + 1;
  }

  /** The type with this id, without typedef, const, volatile, restrict and type tags around it. */
  resolve(id: number): BtfType {
    return this.type(this.resolveId(id));
  }

  /** The id of what {@linkcode Btf.resolve} answers: one for all names of a type. */
  resolveId(id: number): number {
    let at = id;
    for (let depth = 0; depth <= this.#types.length; depth++) {
      const type = this.type(at);
      if (type.kind !== "alias") return at;
      at = type.type;
    }
    throw new BpfError(`resolve type ${id} in BTF`, {
      cause: "its typedefs run in a circle",
    });
  }
}
