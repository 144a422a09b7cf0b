/**
 * A map as a table of keys and values, by the types in the object's BTF.
 *
 * @module
 */

import { BpfError } from "../ffi/error.ts";
import type { BpfMap } from "../ffi/map.ts";
import { BpfObject } from "../ffi/object.ts";
import { wrongValue } from "../ffi/wrong_value.ts";
import { Btf } from "./btf.ts";
import { checkOptions } from "./check_options.ts";
import { type DecodeOptions, valueDecoder } from "./decode.ts";
import type { Decoder } from "./decoder.ts";
import { type Encoder, valueEncoder } from "./encode.ts";

/** The map behind a table: what of {@linkcode BpfMap} it needs. */
export type TableMap = Pick<
  BpfMap,
  | "name"
  | "type"
  | "keySize"
  | "valueSize"
  | "entrySize"
  | "perCpu"
  | "keyType"
  | "valueType"
  | "lookup"
  | "update"
  | "delete"
  | "keys"
>;

/** How one side of a map is read and written. */
interface Codec {
  readonly decode: Decoder;
  readonly encode: Encoder;
}

/** ARRAY, PERCPU_ARRAY of linux/bpf.h: all their entries are always there. */
const arrayTypes = [2, 6];

/**
 * The map of that name as a table. The object has to be loaded before the table
 * is used. `K` and `V` are what the caller knows the types to be; `deno task
 * bpf:types` writes them. A map without types in the BTF is an error: its bytes
 * are to be had by {@linkcode BpfObject.map}.
 */
export function table<K, V>(
  object: BpfObject,
  name: string,
  options: DecodeOptions = {},
): Table<K, V> {
  if (!(object instanceof BpfObject)) {
    throw wrongValue(object, `the object of map "${name}"`, "a BpfObject");
  }
  const map = object.map(name);
  const bytes = object.btf();
  if (bytes === undefined) {
    throw new BpfError(`make a table of map "${name}"`, {
      cause: `"${object.path}" carries no BTF`,
      remedy: "build it with clang -g",
    });
  }
  return new Table<K, V>(map, Btf.parse(bytes), options);
}

/**
 * Keys and values of one map. Keys and values are what a decoder makes of their
 * C types (docs/sdk.md lists it); of a per-CPU map, a value is an
 * array with one for each possible CPU, in reading and in writing.
 *
 * The kernel has no snapshot of a map. A walk ({@linkcode Table.keys}, a `for`
 * loop, {@linkcode Table.clear}) asks it for the key behind the last one, and
 * "if key is not found, the operation returns […] the key of the first element"
 * (BPF_MAP_GET_NEXT_KEY in bpf(2)). So while others change the map, what comes
 * meanwhile may be in the walk or not, what stays is in it, and where a key is
 * deleted under the walk the kernel begins anew: the table hands out no key
 * twice, and after more keys than the map can hold the walk ends with an error.
 * The caller may delete the entry in hand.
 */
export class Table<K, V> implements Iterable<[K, V]> {
  readonly #map: TableMap;
  readonly #key: Codec;
  readonly #value: Codec;
  /** Bytes from one CPU's value to the next. */
  readonly #stride: number;

  /** See {@linkcode table}. */
  constructor(map: TableMap, btf: Btf, options: DecodeOptions = {}) {
    checkOptions(options);
    this.#map = map;
    const { name, keySize, valueSize } = map;
    if (keySize === 0) {
      throw new BpfError(`make a table of map "${name}"`, {
        cause: "it has no keys",
        remedy: "take bytes from object.map(…)",
      });
    }
    this.#key = codec(btf, map.keyType, `the key of map "${name}"`, options);
    const value = `the value of map "${name}"`;
    this.#value = codec(btf, map.valueType, value, options);
    this.#stride = Math.ceil(valueSize / 8) * 8;
  }

  /** The value of a key; `undefined` where the map has no such key. */
  get(key: K): V | undefined {
    return this.#look(this.#key.encode(key));
  }

  /** Writes a value, whether the key is there or not; E2BIG throws where the map is full. */
  set(key: K, value: V): void {
    this.#map.update(this.#key.encode(key), this.#entry(value));
  }

  /** Whether the map has the key. */
  has(key: K): boolean {
    return this.#map.lookup(this.#key.encode(key)) !== undefined;
  }

  /**
   * Removes a key; answers whether it was there. An array throws EINVAL: it keeps
   * all its entries.
   */
  delete(key: K): boolean {
    return this.#map.delete(this.#key.encode(key));
  }

  /** Removes all keys; of an array, which keeps them, it makes all values zero. */
  clear(): void {
    const keeps = arrayTypes.includes(this.#map.type);
    const zero = new Uint8Array(this.#map.entrySize);
    for (const key of this.#walk()) {
      if (keeps) this.#map.update(key, zero);
      else this.#map.delete(key);
    }
  }

  /** Walks the keys, each of them once. */
  *keys(): Generator<K, void, void> {
    for (const key of this.#walk()) yield this.#keyOf(key);
  }

  /** Walks keys with their values; those that are deleted before they are read are left out. */
  *[Symbol.iterator](): Generator<[K, V], void, void> {
    for (const key of this.#walk()) {
      const value = this.#look(key);
      if (value !== undefined) yield [this.#keyOf(key), value];
    }
  }

  *#walk(): Generator<Uint8Array<ArrayBuffer>, void, void> {
    const seen = new Set<string>();
    for (const key of this.#map.keys()) {
      const text = key.toHex();
      if (!seen.has(text)) yield key;
      seen.add(text);
    }
  }

  #keyOf(bytes: Uint8Array<ArrayBuffer>): K {
    return this.#key.decode(new DataView(bytes.buffer), 0) as K;
  }

  #look(key: Uint8Array<ArrayBuffer>): V | undefined {
    const entry = this.#map.lookup(key);
    if (entry === undefined) return undefined;
    const view = new DataView(entry.buffer);
    const { decode } = this.#value;
    if (!this.#map.perCpu) return decode(view, 0) as V;
    const cpus = entry.length / this.#stride;
    return Array.from(
      { length: cpus },
      (_, cpu) => decode(view, cpu * this.#stride),
    ) as V;
  }

  #entry(value: V): Uint8Array<ArrayBuffer> {
    const { name, perCpu, entrySize } = this.#map;
    if (!perCpu) return this.#value.encode(value);
    const cpus = entrySize / this.#stride;
    if (!Array.isArray(value) || value.length !== cpus) {
      throw new BpfError(`encode the value of map "${name}"`, {
        cause: `it is to be an array of ${cpus} values, one for each CPU`,
      });
    }
    const entry = new Uint8Array(entrySize);
    value.forEach((one, cpu) =>
      entry.set(this.#value.encode(one), cpu * this.#stride)
    );
    return entry;
  }
}

function codec(
  btf: Btf,
  type: number,
  what: string,
  options: DecodeOptions,
): Codec {
  if (type === 0) throw untyped(what, "the object tells no type of it");
  return {
    decode: valueDecoder(btf, type, what, options),
    encode: valueEncoder(btf, type, what),
  };
}

function untyped(what: string, cause: string): BpfError {
  return new BpfError(`read and write ${what}`, {
    cause,
    remedy:
      "declare it by __type(key, …) and __type(value, …), or take bytes from object.map(…)",
  });
}
