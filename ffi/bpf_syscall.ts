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

/** Commands of bpf(2). */
const BPF_MAP_CREATE = 0;
const BPF_PROG_TEST_RUN = 10;

/** The number of bpf(2), by machine. */
const systemCall: Record<string, bigint> = { x86_64: 321n, aarch64: 280n };

/** bpf(2): what it answers, or the negative errno. */
function bpf(command: number, attr: Uint32Array<ArrayBuffer>): number {
  const number = systemCall[Deno.build.arch];
  if (number === undefined) {
    throw new BpfError("call bpf(2)", {
      cause: `its number is not known on ${Deno.build.arch}`,
    });
  }
  const result = libc().syscall(number, command, attr, attr.byteLength);
  return result < 0n ? -errno() : Number(result);
}

/**
 * Asks the kernel for a map and closes it at once: 0, or the errno it was
 * refused with.
 */
export function tryMap(attributes: MapAttributes): number {
  const attr = new Uint32Array([
    attributes.type,
    attributes.keySize ?? 0,
    attributes.valueSize ?? 0,
    attributes.maxEntries,
    attributes.flags ?? 0,
  ]);
  const fd = bpf(BPF_MAP_CREATE, attr);
  if (fd < 0) return -fd;
  libc().close(fd);
  return 0;
}

/**
 * The errno with which the kernel refuses to run a program that is none: EBADF
 * where it knows BPF_PROG_TEST_RUN (Linux 4.12, 1cf1cae963c2 ("bpf: introduce
 * BPF_PROG_TEST_RUN command")), EINVAL where the command is unknown to it.
 */
export function tryTestRun(): number {
  const noProgram = 0xffffffff;
  return -bpf(BPF_PROG_TEST_RUN, new Uint32Array([noProgram, 0, 0, 0, 0, 0]));
}

/** Bytes of a page of the running kernel. */
export function pageSize(): number {
  return libc().getpagesize();
}
