/**
 * A map without a kernel: entries by the bytes of their keys.
 *
 * @module
 */

import type { TableMap } from "../../sdk/table.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What the map is like; `cpus` makes it a per-CPU map. */
export interface FakeShape {
  readonly keySize: number;
  readonly valueSize: number;
  readonly keyType: number;
  readonly valueType: number;
  /** `enum bpf_map_type`; a hash by default. */
  readonly type?: number;
  readonly cpus?: number;
}

/** Has what a table needs of a map. */
export class FakeMap implements TableMap {
  readonly #entries = new Map<string, Bytes>();
  readonly name = "fake";
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly entrySize: number;
  readonly perCpu: boolean;
  readonly keyType: number;
  readonly valueType: number;

  constructor(shape: FakeShape) {
    const { keySize, valueSize, keyType, valueType, type = 1, cpus } = shape;
    this.type = type;
    this.keySize = keySize;
    this.valueSize = valueSize;
    this.perCpu = cpus !== undefined;
    this.entrySize = cpus === undefined
      ? valueSize
      : cpus * Math.ceil(valueSize / 8) * 8;
    this.keyType = keyType;
    this.valueType = valueType;
  }

  lookup(index: number): Bytes;
  lookup(key: Bytes): Bytes | undefined;
  lookup(key: number | Bytes): Bytes | undefined {
    return this.#entries.get(hex(key))?.slice();
  }

  update(key: number | Bytes, value: Bytes): void {
    if (value.length !== this.entrySize) throw new Error("wrong size");
    this.#entries.set(hex(key), value.slice());
  }

  delete(key: Bytes): boolean {
    return this.#entries.delete(hex(key));
  }

  /** As the kernel walks: from the start again where the last key is gone. */
  *keys(): Generator<Bytes, void, void> {
    let last: string | undefined;
    for (let step = 0; step < 1000; step++) {
      const all = [...this.#entries.keys()];
      const at = last === undefined ? -1 : all.indexOf(last);
      last = all[at + 1];
      if (last === undefined) return;
      yield Uint8Array.fromHex(last);
    }
    throw new Error("an endless walk");
  }
}

function hex(key: number | Bytes): string {
  if (typeof key !== "number") return key.toHex();
  return new Uint8Array(new Uint32Array([key]).buffer).toHex();
}
