/**
 * A map that somebody else made: by its descriptor, or by its pin.
 *
 * @module
 */

import { constants } from "node:os";
import { littleEndian } from "./byte_order.ts";
import { Descriptor } from "./descriptor.ts";
import { BpfError } from "./error.ts";
import { libbpf } from "./libbpf.ts";
import { libc } from "./libc.ts";
import { MapEntries } from "./map_entries.ts";
import { openPin } from "./pin.ts";
import { checkResult, errnoOf } from "./result.ts";

/** As much of struct bpf_map_info as is read; the kernel fills what it knows. */
const infoSize = 40;

/** `name` is cut at its zero byte; kernels before 4.15 have none. */
const nameAt = 24;

/**
 * A map by a descriptor of its own, whoever made it; its shape is what the
 * kernel says of it (BPF_OBJ_GET_INFO_BY_FD, Linux 4.13, 1e2709769086 ("bpf: Add
 * BPF_OBJ_GET_INFO_BY_FD")). It needs CAP_BPF or CAP_SYS_ADMIN to be opened by a
 * pin, and `--allow-ffi`.
 */
export class KernelMap extends MapEntries implements Disposable {
  readonly #descriptor: Descriptor;
  /** The name, as far as the kernel keeps it: 15 bytes. */
  readonly name: string;
  /** `enum bpf_map_type` of linux/bpf.h. */
  readonly type: number;
  /** Bytes of a key. */
  readonly keySize: number;
  /** Bytes of a value; of a per-CPU map, those of one CPU's. */
  readonly valueSize: number;
  /** Entries at most; of a ring buffer, its size in bytes. */
  readonly maxEntries: number;
  /** The number by which the kernel knows the map. */
  readonly id: number;
  /** Flags of BPF_MAP_CREATE (BPF_F_NO_PREALLOC, BPF_F_RB_OVERWRITE, …). */
  readonly flags: number;

  private constructor(descriptor: Descriptor, info: DataView<ArrayBuffer>) {
    super();
    const word = (at: number): number => info.getUint32(at, littleEndian);
    this.#descriptor = descriptor;
    this.type = word(0);
    this.id = word(4);
    this.keySize = word(8);
    this.valueSize = word(12);
    this.maxEntries = word(16);
    this.flags = word(20);
    const name = new Uint8Array(info.buffer, nameAt);
    const end = name.indexOf(0);
    this.name = new TextDecoder().decode(end < 0 ? name : name.slice(0, end));
  }

  /** The map that `fd` stands for; `fd` stays the caller's. */
  static fromFd(fd: number): KernelMap {
    const descriptor = new Descriptor(fd, `map descriptor ${fd}`);
    try {
      return new KernelMap(descriptor, readInfo(descriptor.fd));
    } catch (error) {
      descriptor.close();
      throw error;
    }
  }

  /** The map that is pinned at `path`, below a bpffs. */
  static pinned(path: string): KernelMap {
    const fd = openPin(`open the map pinned at "${path}"`, path);
    try {
      return KernelMap.fromFd(fd);
    } finally {
      libc().close(fd);
    }
  }

  /** Lets go of the map; a second call does nothing. */
  close(): void {
    this.#descriptor.close();
  }

  /** Lets go of the map. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** This map's own descriptor, until it is closed. */
  get fd(): number {
    const { fd } = this.#descriptor;
    if (fd >= 0) return fd;
    throw new BpfError(`use map "${this.name}"`, { cause: "it is closed" });
  }
}

function readInfo(fd: number): DataView<ArrayBuffer> {
  const action = "read what map a descriptor stands for";
  // The command answers for programs and BTF as well. A map asked for the value
  // of a key at NULL says EFAULT, or what it has to say of lookups; only what is
  // no map says EINVAL.
  const asked = libbpf().bpf_map_lookup_elem(fd, null, null);
  if (errnoOf(asked) === constants.errno.EINVAL) {
    throw new BpfError(action, {
      errno: constants.errno.EINVAL,
      cause: "it is no map's",
    });
  }
  const info = new Uint8Array(infoSize);
  const length = new Uint8Array(new Uint32Array([infoSize]).buffer);
  checkResult(action, libbpf().bpf_obj_get_info_by_fd(fd, info, length), {
    EINVAL: "Linux 4.13 or newer knows the shape of maps",
  });
  return new DataView(info.buffer);
}
