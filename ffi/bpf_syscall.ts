/**
 * bpf(2) itself, for what libbpf rounds, hides or guesses.
 *
 * @module
 */

import { BpfError } from "./error.ts";
import { errno, libc } from "./libc.ts";

/** `enum bpf_map_type` of linux/bpf.h, as far as Ringside names them. */
export const mapType = { perfEventArray: 4, ringbuf: 27 } as const;

/** What BPF_MAP_CREATE is asked for. */
export interface MapAttributes {
  readonly type: number;
  readonly keySize?: number;
  readonly valueSize?: number;
  readonly maxEntries: number;
  readonly flags?: number;
}

const BPF_MAP_CREATE = 0;

/** The number of bpf(2), by machine. */
const systemCall: Record<string, bigint> = { x86_64: 321n, aarch64: 280n };

/**
 * Asks the kernel for a map and closes it at once: 0, or the errno it was
 * refused with.
 */
export function tryMap(attributes: MapAttributes): number {
  const number = systemCall[Deno.build.arch];
  if (number === undefined) {
    throw new BpfError("call bpf(2)", {
      cause: `its number is not known on ${Deno.build.arch}`,
    });
  }
  const attr = new Uint32Array([
    attributes.type,
    attributes.keySize ?? 0,
    attributes.valueSize ?? 0,
    attributes.maxEntries,
    attributes.flags ?? 0,
  ]);
  const fd = libc().syscall(number, BPF_MAP_CREATE, attr, attr.byteLength);
  if (fd < 0n) return errno();
  libc().close(Number(fd));
  return 0;
}

/** Bytes of a page of the running kernel. */
export function pageSize(): number {
  return libc().getpagesize();
}
