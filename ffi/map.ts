/**
 * A map of a BPF object.
 *
 * @module
 */

import { BpfError } from "./error.ts";
import { fromCString } from "./c_string.ts";
import { libbpf } from "./libbpf.ts";
import { errno } from "./libc.ts";
import { checkCount } from "./result.ts";

/** Answers the C object while its owner is open, and throws afterwards. */
export type Lease = () => NonNullable<Deno.PointerValue>;

/** One map; it lives as long as the {@linkcode BpfObject} it was taken from. */
export class BpfMap {
  readonly #lease: Lease;
  /** The map's name in the source. */
  readonly name: string;

  /** Made by {@linkcode BpfObject}. */
  constructor(lease: Lease) {
    this.#lease = lease;
    this.name = fromCString(libbpf().bpf_map__name(lease()));
  }

  /** The map's file descriptor, from load to close; before load it throws EINVAL. */
  get fd(): number {
    return checkCount(
      `use map "${this.name}" before its object is loaded`,
      libbpf().bpf_map__fd(this.#lease()),
    );
  }

  /** `enum bpf_map_type` of linux/bpf.h. */
  get type(): number {
    return libbpf().bpf_map__type(this.#lease());
  }

  /** Bytes of a key. */
  get keySize(): number {
    return libbpf().bpf_map__key_size(this.#lease());
  }

  /** Bytes of a value; of a per-CPU map, those of one CPU's. */
  get valueSize(): number {
    return libbpf().bpf_map__value_size(this.#lease());
  }

  /** Id of the value's type in the object's BTF; 0 where the source gave none. */
  get valueType(): number {
    return libbpf().bpf_map__btf_value_type_id(this.#lease());
  }

  /** Entries; of a ring buffer, its size in bytes. */
  get maxEntries(): number {
    return libbpf().bpf_map__max_entries(this.#lease());
  }

  /** Only before load. libbpf rounds a ring's size up to a power of two of pages. */
  set maxEntries(entries: number) {
    checkCount(
      `set the size of map "${this.name}" to ${entries}`,
      libbpf().bpf_map__set_max_entries(this.#lease(), entries),
    );
  }

  /** Only before load: `false` leaves the map out. Needs libbpf 0.8. */
  set autocreate(create: boolean) {
    const call = libbpf().bpf_map__set_autocreate;
    if (call === null) {
      throw new BpfError(`leave out map "${this.name}"`, {
        cause: "this libbpf has no bpf_map__set_autocreate",
        remedy: "install libbpf 0.8 or newer",
      });
    }
    checkCount(`leave out map "${this.name}"`, call(this.#lease(), create));
  }

  /**
   * A copy of the value at `index` of an array, `valueSize` bytes. `cpus` is
   * that of a per-CPU map: the number of possible CPUs; its values stand 8-byte
   * aligned behind each other.
   */
  lookup(index: number, cpus?: number): Uint8Array<ArrayBuffer> {
    const size = cpus === undefined
      ? this.valueSize
      : cpus * Math.ceil(this.valueSize / 8) * 8;
    const value = new Uint8Array(size);
    const key = new Uint8Array(new Uint32Array([index]).buffer);
    this.#check("look up", libbpf().bpf_map_lookup_elem(this.fd, key, value));
    return value;
  }

  /** Writes the value at `index` of an array; `value` holds `valueSize` bytes. */
  update(index: number, value: Uint8Array<ArrayBuffer>): void {
    if (value.length !== this.valueSize) {
      throw new BpfError(`update map "${this.name}"`, {
        cause: `a value has ${this.valueSize} bytes, not ${value.length}`,
      });
    }
    const key = new Uint8Array(new Uint32Array([index]).buffer);
    this.#check(
      "update",
      libbpf().bpf_map_update_elem(this.fd, key, value, 0n),
    );
  }

  /** libbpf below 1.0 answers -1 and sets errno, newer ones answer -errno. */
  #check(verb: string, result: number): void {
    const code = result === -1 ? -errno() : result;
    checkCount(`${verb} map "${this.name}"`, code);
  }
}
