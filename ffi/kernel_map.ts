/**
 * A map that somebody else made: by its descriptor, or by its pin.
 *
 * @module
 */

import { constants } from "node:os";
import { littleEndian } from "./byte_order.ts";
import { Descriptor } from "./descriptor.ts";
import { createMap, type MapAttributes } from "./bpf_syscall.ts";
import { BpfError } from "./error.ts";
import { libbpf } from "./libbpf.ts";
import { libc } from "./libc.ts";
import { MapEntries } from "./map_entries.ts";
import { objectInfo } from "./object_info.ts";
import { openPin } from "./pin.ts";
import { checkResult, errnoOf } from "./result.ts";

/** As much of struct bpf_map_info as is read; the kernel fills what it knows. */
const infoSize = 40;

/** `name` is cut at its zero byte; kernels before 4.15 have none. */
const nameAt = 24;

/** What a map is like, as BPF_MAP_CREATE was told. */
export interface MapShape {
  readonly name: string;
  /** `enum bpf_map_type` of linux/bpf.h. */
  readonly type: number;
  /** Bytes of a key. */
  readonly keySize: number;
  /** Bytes of a value; of a per-CPU map, those of one CPU's. */
  readonly valueSize: number;
  /** Entries at most; of a ring buffer, its size in bytes. */
  readonly maxEntries: number;
}

let make: (descriptor: Descriptor, shape: MapShape) => KernelMap;

/**
 * A map by a descriptor of its own, whoever made it; its shape is what the
 * kernel says of it (Linux 4.13). It needs CAP_BPF or CAP_SYS_ADMIN to be opened
 * by a pin, and `--allow-ffi`.
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

  static {
    make = (descriptor, shape) => new KernelMap(descriptor, shape);
  }

  private constructor(descriptor: Descriptor, shape: MapShape) {
    super();
    this.#descriptor = descriptor;
    this.name = shape.name;
    this.type = shape.type;
    this.keySize = shape.keySize;
    this.valueSize = shape.valueSize;
    this.maxEntries = shape.maxEntries;
  }

  /** The map that `fd` stands for; `fd` stays the caller's. */
  static fromFd(fd: number): KernelMap {
    const descriptor = new Descriptor(fd, `map descriptor ${fd}`);
    try {
      return new KernelMap(descriptor, readShape(descriptor.fd));
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

  /** The number by which the kernel knows the map. */
  get id(): number {
    return readInfo(this.fd).getUint32(4, littleEndian);
  }

  /** Flags of BPF_MAP_CREATE (BPF_F_NO_PREALLOC, BPF_F_RB_OVERWRITE, …). */
  get flags(): number {
    return readInfo(this.fd).getUint32(20, littleEndian);
  }

  /** This map's own descriptor, until it is closed. */
  get fd(): number {
    const { fd } = this.#descriptor;
    if (fd >= 0) return fd;
    throw new BpfError(`use map "${this.name}"`, { cause: "it is closed" });
  }
}

/** Makes a map; raises the limit on locked memory if that refuses it. */
export function newMap(name: string, attributes: MapAttributes): KernelMap {
  const fd = createMap(attributes);
  const { type, keySize = 0, valueSize = 0, maxEntries } = attributes;
  try {
    return knownMap(fd, { name, type, keySize, valueSize, maxEntries });
  } finally {
    libc().close(fd);
  }
}

/**
 * UNSAFE: the map that `fd` stands for, of a shape that the caller knows: the
 * kernel writes values of the shape that the map has. `fd` stays the caller's.
 */
export function knownMap(fd: number, shape: MapShape): KernelMap {
  return make(new Descriptor(fd, `map "${shape.name}"`), shape);
}

/** The beginning of struct bpf_map_info. */
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
  const { result, view } = objectInfo(fd, infoSize);
  checkResult(action, result, {
    EINVAL: "Linux 4.13 or newer knows the shape of maps",
  });
  return view;
}

function readShape(fd: number): MapShape {
  const info = readInfo(fd);
  const word = (at: number): number => info.getUint32(at, littleEndian);
  const name = new Uint8Array(info.buffer, nameAt);
  const end = name.indexOf(0);
  return {
    name: new TextDecoder().decode(end < 0 ? name : name.subarray(0, end)),
    type: word(0),
    keySize: word(8),
    valueSize: word(12),
    maxEntries: word(16),
  };
}
