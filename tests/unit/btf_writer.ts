/**
 * Writes BTF, for tests of its reader: Documentation/bpf/btf.rst.
 *
 * @module
 */

/** A member of a struct; its offset in bytes. */
export interface Member {
  readonly name: string;
  readonly type: number;
  readonly offset: number;
}

/** Collects types; each method answers the id of the type it added. */
export class BtfWriter {
  readonly #words: number[] = [];
  #strings = "\0";
  #count = 0;

  /** An integer of `size` bytes. */
  int(name: string, size: number, { signed }: { signed: boolean }): number {
    return this.#add(name, 1, 0, size, [(signed ? 1 << 24 : 0) | (8 * size)]);
  }

  /** `length` elements of a type. */
  array(element: number, length: number): number {
    return this.#add("", 3, 0, 0, [element, element, length]);
  }

  /** A struct. */
  struct(name: string, size: number, members: readonly Member[]): number {
    return this.#add(name, 4, members.length, size, this.#members(members));
  }

  /** A union. */
  union(name: string, size: number, members: readonly Member[]): number {
    return this.#add(name, 5, members.length, size, this.#members(members));
  }

  /** Another name for a type. */
  typedef(name: string, type: number): number {
    return this.#add(name, 8, 0, type, []);
  }

  /** The type with `const`. */
  constant(type: number): number {
    return this.#add("", 10, 0, type, []);
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
    return members.flatMap((member) => [
      ...[this.#string(member.name), member.type, 8 * member.offset],
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
