/**
 * The entries of a map, byte by byte: what all maps have, whoever made them.
 *
 * @module
 */

import { constants } from "node:os";
import { possibleCpus } from "./cpu.ts";
import { BpfError } from "./error.ts";
import { libbpf } from "./libbpf.ts";
import { checkResult, errnoOf } from "./result.ts";

const { EFAULT, ENOENT } = constants.errno;

/** PERCPU_HASH, PERCPU_ARRAY, LRU_PERCPU_HASH, PERCPU_CGROUP_STORAGE of linux/bpf.h. */
const perCpuTypes = [5, 6, 10, 21];

/**
 * A map whose entries can be read and written. The kernel reads and writes as
 * many bytes as the map's shape says, whatever a buffer holds: every size is
 * checked before it is asked. Who has the descriptor needs no capability but
 * where kernel.unprivileged_bpf_disabled is not 0: CAP_BPF then.
 */
export abstract class MapEntries {
  /** The map's file descriptor; it is the map's. */
  abstract readonly fd: number;
  /** The map's name; the kernel keeps 15 bytes of it. */
  abstract readonly name: string;
  /** `enum bpf_map_type` of linux/bpf.h. */
  abstract readonly type: number;
  /** Bytes of a key; 0 where there are none, as in a queue or a ring. */
  abstract readonly keySize: number;
  /** Bytes of a value; of a per-CPU map, those of one CPU's. */
  abstract readonly valueSize: number;
  /** Entries at most; of a ring buffer, its size in bytes. */
  abstract readonly maxEntries: number;

  /** Whether an entry has a value for each possible CPU. */
  get perCpu(): boolean {
    return perCpuTypes.includes(this.type);
  }

  /**
   * Bytes of an entry's value as {@linkcode MapEntries.lookup} answers it: those
   * of a per-CPU map are the values of all possible CPUs behind each other, each
   * 8-byte aligned.
   */
  get entrySize(): number {
    const { valueSize } = this;
    if (!this.perCpu) return valueSize;
    return possibleCpus() * Math.ceil(valueSize / 8) * 8;
  }

  /** A copy of the value at `index` of a map with 4-byte keys; ENOENT throws. */
  lookup(index: number): Uint8Array<ArrayBuffer>;
  /** A copy of the value of `key`; `undefined` where the map has no such key. */
  lookup(key: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined;
  lookup(
    key: number | Uint8Array<ArrayBuffer>,
  ): Uint8Array<ArrayBuffer> | undefined {
    const action = this.#action("look up", key);
    const bytes = this.#keyBytes(action, key);
    const value = new Uint8Array(this.entrySize);
    const result = libbpf().bpf_map_lookup_elem(this.fd, bytes, value);
    if (typeof key !== "number" && errnoOf(result) === ENOENT) return undefined;
    checkResult(action, result);
    return value;
  }

  /**
   * Writes the value of a key, or at an index of a map with 4-byte keys: of
   * {@linkcode MapEntries.entrySize} bytes. `flags` are those of
   * BPF_MAP_UPDATE_ELEM: 0 (BPF_ANY), 1 (BPF_NOEXIST: EEXIST throws where the key
   * is there), 2 (BPF_EXIST: ENOENT throws where it is not).
   */
  update(
    key: number | Uint8Array<ArrayBuffer>,
    value: Uint8Array<ArrayBuffer>,
    flags = 0,
  ): void {
    const action = this.#action("update", key);
    const size = this.entrySize;
    if (value.length !== size) {
      throw new BpfError(action, {
        cause: `its value has ${size} bytes, not ${value.length}`,
      });
    }
    const result = libbpf().bpf_map_update_elem(
      this.fd,
      this.#keyBytes(action, key),
      value,
      BigInt(flags),
    );
    checkResult(action, result, {
      E2BIG: "the map is full, or the index is beyond it",
    });
  }

  /** Removes a key; answers whether it was there. EINVAL of an array throws: it keeps all its entries. */
  delete(key: Uint8Array<ArrayBuffer>): boolean {
    const action = this.#action("delete", key);
    const bytes = this.#keyBytes(action, key);
    const result = libbpf().bpf_map_delete_elem(this.fd, bytes);
    if (errnoOf(result) === ENOENT) return false;
    checkResult(action, result);
    return true;
  }

  /**
   * Walks the keys, each a copy, in the kernel's order. The key just handed out
   * may be deleted. When somebody deletes the one behind it meanwhile, the kernel
   * begins anew, and keys come again; after more keys than the map can hold the
   * walk is an error.
   */
  *keys(): Generator<Uint8Array<ArrayBuffer>, void, void> {
    const action = `walk the keys of map "${this.name}"`;
    if (this.keySize === 0) {
      throw new BpfError(action, { cause: "it has none" });
    }
    let key = this.#first(action);
    for (let count = 0; key !== undefined; count++) {
      if (count > this.maxEntries) {
        throw new BpfError(action, {
          cause: "keys that are deleted meanwhile begin the walk anew",
          remedy: "take what came, and walk again",
        });
      }
      // The next one before this one is handed out, and perhaps deleted.
      const next = this.#next(action, key);
      yield key;
      key = next;
    }
  }

  /**
   * Before 8fe45924387b ("bpf: map_get_next_key to return first key on NULL"),
   * Linux 4.12, the first key is the one behind a key that is not there.
   */
  #first(action: string): Uint8Array<ArrayBuffer> | undefined {
    try {
      return this.#next(action, null);
    } catch (error) {
      if (!(error instanceof BpfError && error.errno === EFAULT)) throw error;
    }
    for (let byte = 255; byte >= 0; byte--) {
      const nobody = new Uint8Array(this.keySize).fill(byte);
      if (this.lookup(nobody) === undefined) return this.#next(action, nobody);
    }
    throw new BpfError(action, { cause: "no key that is not there was found" });
  }

  #next(
    action: string,
    key: Uint8Array<ArrayBuffer> | null,
  ): Uint8Array<ArrayBuffer> | undefined {
    const next = new Uint8Array(this.keySize);
    const result = libbpf().bpf_map_get_next_key(this.fd, key, next);
    if (errnoOf(result) === ENOENT) return undefined;
    checkResult(action, result);
    return next;
  }

  #action(verb: string, key: number | Uint8Array): string {
    const what = typeof key === "number" ? `${key}` : "a key";
    return `${verb} ${what} in map "${this.name}"`;
  }

  /** The key's bytes; NULL where the map has no keys, or the kernel says EINVAL. */
  #keyBytes(
    action: string,
    key: number | Uint8Array<ArrayBuffer>,
  ): Uint8Array<ArrayBuffer> | null {
    const { keySize } = this;
    if (typeof key !== "number") {
      if (key.length === keySize) return keySize === 0 ? null : key;
      throw new BpfError(action, {
        cause: `its keys have ${keySize} bytes, not ${key.length}`,
      });
    }
    if (keySize === 4) return new Uint8Array(new Uint32Array([key]).buffer);
    throw new BpfError(action, {
      cause: `its keys have ${keySize} bytes, an index has 4`,
    });
  }
}
