/**
 * A map of a BPF object.
 *
 * @module
 */

import { fromCString } from "./c_string.ts";
import { possibleCpus } from "./cpu.ts";
import { BpfError } from "./error.ts";
import { libbpf } from "./libbpf.ts";
import { checkResult } from "./result.ts";

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

  /** The map's file descriptor, from load to close; before load it throws. */
  get fd(): number {
    const fd = libbpf().bpf_map__fd(this.#lease());
    if (fd >= 0) return fd;
    throw new BpfError(`use map "${this.name}"`, {
      cause: "it is not loaded",
      remedy: "load its object first, and do not leave the map out",
    });
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
    checkResult(
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
    checkResult(`leave out map "${this.name}"`, call(this.#lease(), create));
  }

  /**
   * A copy of the value at `index`: `valueSize` bytes, or of a per-CPU map the
   * values of all possible CPUs behind each other, each 8-byte aligned.
   */
  lookup(index: number): Uint8Array<ArrayBuffer> {
    const value = new Uint8Array(this.#entrySize());
    const key = this.#key("look up", index);
    const result = libbpf().bpf_map_lookup_elem(this.fd, key, value);
    checkResult(`look up ${index} in map "${this.name}"`, result);
    return value;
  }

  /** Writes the value at `index`, of the size that {@linkcode BpfMap.lookup} answers. */
  update(index: number, value: Uint8Array<ArrayBuffer>): void {
    const action = `update ${index} in map "${this.name}"`;
    const size = this.#entrySize();
    if (value.length !== size) {
      throw new BpfError(action, {
        cause: `its value has ${size} bytes, not ${value.length}`,
      });
    }
    const key = this.#key("update", index);
    const result = libbpf().bpf_map_update_elem(this.fd, key, value, 0n);
    checkResult(action, result);
  }

  /** The kernel reads and writes this much, whatever the buffer's size is. */
  #entrySize(): number {
    const { valueSize } = this;
    if (!perCpuTypes.includes(this.type)) return valueSize;
    return possibleCpus() * Math.ceil(valueSize / 8) * 8;
  }

  #key(verb: string, index: number): Uint8Array<ArrayBuffer> {
    if (this.keySize === 4) {
      return new Uint8Array(new Uint32Array([index]).buffer);
    }
    throw new BpfError(`${verb} ${index} in map "${this.name}"`, {
      cause: `its keys have ${this.keySize} bytes, an index has 4`,
    });
  }
}

/** PERCPU_HASH, PERCPU_ARRAY, LRU_PERCPU_HASH, PERCPU_CGROUP_STORAGE of linux/bpf.h. */
const perCpuTypes = [5, 6, 10, 21];
