/**
 * What an array or a hash of maps holds.
 *
 * @module
 */

import { fromCString } from "./c_string.ts";
import { libbpf } from "./libbpf.ts";

/**
 * The shape that all maps of an array or a hash of maps have, as its source
 * declares it. Size and flags may be set before load. The kernel compares flags
 * from 4.12 on; sizes only of arrays since 134fede4eecf ("bpf: Relax max_entries
 * check for most of the inner map types"), Linux 5.10, before of all maps.
 */
export class InnerMap {
  /** The outer map's name and `.inner`. */
  readonly name: string;
  /** `enum bpf_map_type` of linux/bpf.h. */
  readonly type: number;
  /** Bytes of a key. */
  readonly keySize: number;
  /** Bytes of a value; of a per-CPU map, those of one CPU's. */
  readonly valueSize: number;
  /** Entries; of a ring buffer, its size in bytes, a power of two of pages. */
  maxEntries: number;
  /** Flags of BPF_MAP_CREATE. */
  flags: number;
  readonly #declared: readonly [maxEntries: number, flags: number];

  /** Made by {@linkcode BpfMap}; `map` is read now and not kept. */
  constructor(map: NonNullable<Deno.PointerValue>) {
    const symbols = libbpf();
    this.name = fromCString(symbols.bpf_map__name(map));
    this.type = symbols.bpf_map__type(map);
    this.keySize = symbols.bpf_map__key_size(map);
    this.valueSize = symbols.bpf_map__value_size(map);
    this.maxEntries = symbols.bpf_map__max_entries(map);
    this.flags = symbols.bpf_map__map_flags(map);
    this.#declared = [this.maxEntries, this.flags];
  }

  /** Whether size or flags are others than the source's. */
  get changed(): boolean {
    const [maxEntries, flags] = this.#declared;
    return this.maxEntries !== maxEntries || this.flags !== flags;
  }
}
