/**
 * A map of a BPF object.
 *
 * @module
 */

import { createMap } from "./bpf_syscall.ts";
import { fromCString } from "./c_string.ts";
import { BpfError } from "./error.ts";
import { InnerMap } from "./inner_map.ts";
import { libbpf } from "./libbpf.ts";
import { libc } from "./libc.ts";
import { MapEntries } from "./map_entries.ts";
import { pin, unpin } from "./pin.ts";
import { checkResult } from "./result.ts";

/** Answers the C object while its owner is open, and throws afterwards. */
export type Lease = () => NonNullable<Deno.PointerValue>;

/** One map; it lives as long as the {@linkcode BpfObject} it was taken from. */
export class BpfMap extends MapEntries {
  readonly #lease: Lease;
  /** The map's name in the source. */
  readonly name: string;
  /** What an array or a hash of maps holds; `undefined` of any other map. */
  readonly innerMap?: InnerMap;

  /** Made by {@linkcode BpfObject}. */
  constructor(lease: Lease) {
    super();
    this.#lease = lease;
    this.name = fromCString(libbpf().bpf_map__name(lease()));
    const inner = libbpf().bpf_map__inner_map(lease());
    if (inner !== null) this.innerMap = new InnerMap(inner);
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

  /** Id of the key's type in the object's BTF; 0 where the source gave none. */
  get keyType(): number {
    return libbpf().bpf_map__btf_key_type_id(this.#lease());
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
   * Before load: makes the template of {@linkcode BpfMap.innerMap} if that was
   * changed, which has to live until the object is loaded.
   *
   * libbpf's setters are for maps that stand in the object's list: from 1.0 on
   * they follow a NULL pointer in an inner one.
   *
   * @internal
   */
  makeTemplate(): Disposable | undefined {
    if (this.innerMap?.changed !== true) return undefined;
    const { type, keySize, valueSize, maxEntries, flags } = this.innerMap;
    const fd = createMap({ type, keySize, valueSize, maxEntries, flags });
    const close = (): void => void libc().close(fd);
    const result = libbpf().bpf_map__set_inner_map_fd(this.#lease(), fd);
    if (result < 0) close();
    checkResult(`set the inner map of "${this.name}"`, result);
    return { [Symbol.dispose]: close };
  }

  /** Gives the loaded map a name below a bpffs, which keeps it when all are closed. */
  pin(path: string): void {
    pin(`map "${this.name}"`, this, path);
  }

  /** Removes that name; what is not this map's is left alone, and an error. */
  unpin(path: string): void {
    unpin(`map "${this.name}"`, this, path);
  }
}
