/**
 * Writes BTF, for tests of its reader: Documentation/bpf/btf.rst.
 *
 * @module
 */

/** A member of a struct. */
export interface Member {
  readonly name: string;
  readonly type: number;
  /** Bytes. */
  readonly offset: number;
  /** Bits beyond them. */
  readonly shift?: number;
  /** Of a bitfield; the struct then has the kind flag. */
  readonly bits?: number;
}

/** An integer; without `bits` and `offset` all of it counts. */
export interface Int {
  readonly signed: boolean;
  readonly bool?: boolean;
  readonly bits?: number;
  readonly offset?: number;
}

/** The kind flag. */
const flag = 0x80 << 24;

/** Collects types; each method answers the id of the type it added. */
export class BtfWriter {
  readonly #words: number[] = [];
  #strings = "\0";
  #count = 0;

  /** An integer of `size` bytes. */
  int(name: string, size: number, int: Int): number {
    const { signed, bool = false, bits = 8 * size, offset = 0 } = int;
    const encoding = (signed ? 1 : 0) | (bool ? 4 : 0);
    return this.#add(name, 1, 0, size, [encoding << 24 | offset << 16 | bits]);
  }

  /** A float of `size` bytes. */
  float(name: string, size: number): number {
    return this.#add(name, 16, 0, size, []);
  }

  /** A pointer to a type. */
  pointer(type: number): number {
    return this.#add("", 2, 0, type, []);
  }

  /** An enum as older compilers write it: 32 bits of each value. */
  enum(name: string, size: number, values: Record<string, number>): number {
    const entries = Object.entries(values);
    const tail = entries.flatMap(([key, value]) => [this.#string(key), value]);
    return this.#add(name, 6, entries.length, size, tail);
  }

  /** An enum with values of 64 bits. */
  enum64(
    name: string,
    size: number,
    values: Record<string, bigint>,
    { signed }: { signed: boolean },
  ): number {
    const entries = Object.entries(values);
    const tail = entries.flatMap(([key, value]) => [
      this.#string(key),
      Number(BigInt.asUintN(32, value)),
      Number(BigInt.asUintN(32, value >> 32n)),
    ]);
    return this.#add(
      name,
      19,
      entries.length | (signed ? flag : 0),
      size,
      tail,
    );
  }

  /** `length` elements of a type. */
  array(element: number, length: number): number {
    return this.#add("", 3, 0, 0, [element, element, length]);
  }

  /** A struct. */
  struct(name: string, size: number, members: readonly Member[]): number {
    return this.#add(name, 4, count(members), size, this.#members(members));
  }

  /** A union. */
  union(name: string, size: number, members: readonly Member[]): number {
    return this.#add(name, 5, count(members), size, this.#members(members));
  }

  /** Another name for a type. */
  typedef(name: string, type: number): number {
    return this.#add(name, 8, 0, type, []);
  }

  /** The type with `const`. */
  constant(type: number): number {
    return this.#add("", 10, 0, type, []);
  }

  /** The type with a tag. */
  typeTag(name: string, type: number): number {
    return this.#add(name, 18, 0, type, []);
  }

  /** `struct name;` without a body. */
  forward(name: string): number {
    return this.#add(name, 7, 0, 0, []);
  }

  /** A type of a kind that there is not. */
  unknown(kind: number): number {
    return this.#add("", kind, 0, 0, []);
  }

  /** Header, types, strings: a whole `.BTF` section. */
  bytes(): Uint8Array<ArrayBuffer> {
    const types = 4 * this.#words.length;
    const strings = new TextEncoder().encode(this.#strings);
    const header = [0x0001eb9f, 24, 0, types, types, strings.length];
    const words = new Uint32Array([...header, ...this.#words]);
    const bytes = new Uint8Array(words.byteLength + strings.length);
    bytes.set(new Uint8Array(words.buffer));
    bytes.set(strings, words.byteLength);
    return bytes;
  }

  #members(members: readonly Member[]): number[] {
    return members.flatMap(({ name, type, offset, shift = 0, bits = 0 }) => [
      ...[this.#string(name), type, 8 * offset + shift + 2 ** 24 * bits],
    ]);
  }

  #add(
    name: string,
    kind: number,
    count: number,
    size: number,
    tail: readonly number[],
  ): number {
    const head = [this.#string(name), (kind << 24) | count, size];
    this.#words.push(...head, ...tail);
    return ++this.#count;
  }

  #string(text: string): number {
    if (text === "") return 0;
    const at = this.#strings.length;
    this.#strings += `${text}\0`;
    return at;
  }
}

/** The length of a list of members, with the flag if one is a bitfield. */
function count(members: readonly Member[]): number {
  const flagged = members.some(({ bits = 0 }) => bits > 0);
  return members.length | (flagged ? flag : 0);
}
