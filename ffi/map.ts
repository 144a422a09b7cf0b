/**
 * A map of a BPF object.
 *
 * @module
 */

import { pageSize } from "./bpf_syscall.ts";
import { fromCString } from "./c_string.ts";
import { BpfError } from "./error.ts";
import { InnerMap } from "./inner_map.ts";
import { libbpf } from "./libbpf.ts";
import { MapEntries } from "./map_entries.ts";
import { complete, isRing, shrink } from "./map_shape.ts";
import { pin, unpin } from "./pin.ts";
import { checkResult } from "./result.ts";
import { ringSize } from "./ring_size.ts";

/** Answers the C object while its owner is open, and throws afterwards. */
export type Lease = () => NonNullable<Deno.PointerValue>;

/** One map; it lives as long as the {@linkcode BpfObject} it was taken from. */
export class BpfMap extends MapEntries {
  readonly #lease: Lease;
  #leftOut = false;
  /** The map's name in the source. */
  readonly name: string;
  /** What an array or a hash of maps holds; `undefined` of any other map. */
  readonly innerMap?: InnerMap;
  /** Id of the key's type in the object's BTF; 0 where the source gave none. */
  readonly keyType: number;
  /** Id of the value's type in the object's BTF; 0 where the source gave none. */
  readonly valueType: number;

  /** Made by {@linkcode BpfObject}. */
  constructor(lease: Lease) {
    super();
    this.#lease = lease;
    const symbols = libbpf();
    this.name = fromCString(symbols.bpf_map__name(lease()));
    // As long as they are the source's: libbpf clears them at load where the
    // kernel takes the map without BTF only.
    this.keyType = symbols.bpf_map__btf_key_type_id(lease());
    this.valueType = symbols.bpf_map__btf_value_type_id(lease());
    const inner = symbols.bpf_map__inner_map(lease());
    if (inner !== null) this.innerMap = new InnerMap(inner);
  }

  /** The map's file descriptor, from load to close; before load it throws. */
  get fd(): number {
    const fd = libbpf().bpf_map__fd(this.#lease());
    // libbpf 1.4 and newer have a descriptor of nothing where a map is left out.
    if (fd >= 0 && !this.#leftOut) return fd;
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

  /** Entries; of a ring buffer, its size in bytes. */
  get maxEntries(): number {
    return libbpf().bpf_map__max_entries(this.#lease());
  }

  /** Only before load. A ring's size is rounded up to a power of two of pages. */
  set maxEntries(entries: number) {
    const size = isRing(this.type) ? ringSize(entries, pageSize()) : entries;
    checkResult(
      `set the size of map "${this.name}" to ${entries}`,
      libbpf().bpf_map__set_max_entries(this.#lease(), size),
    );
  }

  /** Whether the object's load takes this map along. */
  get autocreate(): boolean {
    return !this.#leftOut;
  }

  /**
   * Only before load: `false` leaves the map out. libbpf before 0.8 cannot: there
   * the kernel gets an array of one entry in its place, which nobody can use.
   */
  set autocreate(create: boolean) {
    const call = libbpf().bpf_map__set_autocreate;
    if (call !== null) {
      checkResult(`leave out map "${this.name}"`, call(this.#lease(), create));
    }
    this.#leftOut = !create;
  }

  /** Flags of BPF_MAP_CREATE (BPF_F_NO_PREALLOC, BPF_F_RB_OVERWRITE, …). */
  get flags(): number {
    return libbpf().bpf_map__map_flags(this.#lease());
  }

  /** Only before load. */
  set flags(flags: number) {
    checkResult(
      `set the flags of map "${this.name}" to ${flags}`,
      libbpf().bpf_map__set_map_flags(this.#lease(), flags),
    );
  }

  /**
   * What is left to do before load; the answer has to live until it is done.
   *
   * @internal
   */
  prepare(): Disposable | undefined {
    const map = this.#lease();
    return this.#leftOut ? shrink(this, map) : complete(this, map);
  }

  /** Gives the loaded map a name below a bpffs, which keeps it when all are closed. It needs CAP_BPF, and write access there. */
  pin(path: string): void {
    pin(`map "${this.name}"`, this, path);
  }

  /** Removes that name; what is not this map's is left alone, and an error. */
  unpin(path: string): void {
    unpin(`map "${this.name}"`, this, path);
  }
}
