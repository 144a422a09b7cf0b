/**
 * bpf(2) itself, for what libbpf rounds, hides or guesses.
 *
 * @module
 */

import { constants } from "node:os";
import { toCString } from "./c_string.ts";
import { BpfError } from "./error.ts";
import { errno, libc } from "./libc.ts";
import { raiseMemlock } from "./memlock.ts";

/** `enum bpf_map_type` of linux/bpf.h, as far as Ringside names them. */
export const mapType = {
  ...{ array: 2, perfEventArray: 4, percpuArray: 6 },
  ...{ arrayOfMaps: 12, ringbuf: 27, userRingbuf: 31 },
} as const;

/** `enum bpf_prog_type` of linux/bpf.h, likewise. */
export const programType = { socketFilter: 1, tracing: 26, lsm: 29 } as const;

/** `enum bpf_attach_type` of linux/bpf.h, likewise. */
export const attachType = { traceFentry: 24, lsmMac: 27 } as const;

/** What kind of program BPF_PROG_LOAD is asked for. */
export interface ProgramKind {
  readonly type: number;
  readonly attachType?: number;
}

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
const BPF_PROG_LOAD = 5;
const BPF_PROG_TEST_RUN = 10;
const BPF_NOTHING = 9999; // without the bits that Linux 7 knows as flags

/** Of linux/bpf.h. */
const BPF_FUNC_ktime_get_coarse_ns = 160;

/** BPF_F_RB_OVERWRITE, Linux 6.19: a full ring gives up its oldest records. */
export const overwriteFlag = 1 << 19;

/** The number of bpf(2), by machine. */
const systemCall: Record<string, bigint> = { x86_64: 321n, aarch64: 280n };

/** The number of bpf(2) on this machine. */
export function bpfNumber(): bigint {
  const number = systemCall[Deno.build.arch];
  if (number !== undefined) return number;
  throw new BpfError("call bpf(2)", {
    cause: `its number is not known on ${Deno.build.arch}`,
  });
}

/** bpf(2): what it answers, or the negative errno. */
function bpf(command: number, attr: Uint32Array<ArrayBuffer>): number {
  const result = libc().syscall(bpfNumber(), command, attr, attr.byteLength);
  return result < 0n ? -errno() : Number(result);
}

/** BPF_MAP_CREATE: the map's descriptor, or the negative errno. */
function create(attributes: MapAttributes): number {
  const attr = new Uint32Array([
    attributes.type,
    attributes.keySize ?? 0,
    attributes.valueSize ?? 0,
    attributes.maxEntries,
    attributes.flags ?? 0,
  ]);
  return bpf(BPF_MAP_CREATE, attr);
}

/**
 * Asks the kernel for a map and closes it at once: 0, or the errno it was
 * refused with.
 */
export function tryMap(attributes: MapAttributes): number {
  const fd = create(attributes);
  if (fd < 0) return -fd;
  libc().close(fd);
  return 0;
}

/**
 * Makes a map and answers its descriptor, which the caller closes. Kernels
 * before 5.11 charge it against RLIMIT_MEMLOCK and say EPERM: the limit is lifted
 * then, as libbpf does when it loads.
 */
export function createMap(attributes: MapAttributes): number {
  let fd = create(attributes);
  if (fd === -constants.errno.EPERM && raiseMemlock()) fd = create(attributes);
  if (fd >= 0) return fd;
  const { type, maxEntries } = attributes;
  throw new BpfError(`create a map of type ${type} and size ${maxEntries}`, {
    errno: -fd,
    ...(fd === -constants.errno.EPERM
      ? { remedy: "run as root or grant CAP_BPF" }
      : {}),
  });
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

/** The errno of a command that no kernel has: EINVAL of one that listens. */
export function tryUnknownCommand(): number {
  const answer = bpf(BPF_NOTHING, new Uint32Array(4));
  return Math.max(0, -answer);
}

/**
 * Whether maps are charged against RLIMIT_MEMLOCK: not by kernels that have the
 * helper bpf_ktime_get_coarse_ns (d05512618056 ("bpf: Add bpf_ktime_get_coarse_ns
 * helper")), which came with the charge to memory cgroups in Linux 5.11.
 */
export function chargesMemlock(): boolean {
  const call = instruction(0x85, BPF_FUNC_ktime_get_coarse_ns);
  return tryProgram({ type: programType.socketFilter }, [call]) !== 0;
}

/**
 * Asks the kernel for a program that answers 0 and is attached to nothing, with
 * `instructions` in front, and closes it at once: 0, or the errno it was refused
 * with. Whoever looks over bpf(2) is asked before the verifier, which says EINVAL
 * of a tracing program that names no function (Linux 5.5).
 */
export function tryProgram(
  { type, attachType = 0 }: ProgramKind,
  instructions: readonly bigint[] = [],
): number {
  const program = new BigUint64Array([
    ...instructions,
    instruction(0xb7, 0), // r0 = 0
    instruction(0x95, 0), // exit
  ]);
  const license = toCString("GPL");
  const attr = new BigUint64Array([
    BigInt(type) | BigInt(program.length) << 32n,
    Deno.UnsafePointer.value(Deno.UnsafePointer.of(program)),
    Deno.UnsafePointer.value(Deno.UnsafePointer.of(license)),
    ...[0n, 0n, 0n], // no log, no version, no flags
    ...[0n, 0n], // no name
    BigInt(attachType) << 32n, // for no network device
  ]);
  const fd = bpf(BPF_PROG_LOAD, new Uint32Array(attr.buffer));
  if (fd < 0) return -fd;
  libc().close(fd);
  return 0;
}

/** struct bpf_insn without registers and offset, little-endian as the machines whose bpf(2) is known. */
function instruction(code: number, immediate: number): bigint {
  return BigInt(code) | BigInt(immediate) << 32n;
}

/** Bytes of a page of the running kernel. */
export function pageSize(): number {
  return libc().getpagesize();
}
