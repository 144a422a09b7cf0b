/**
 * Names of Linux' error numbers, and of libbpf's own.
 *
 * @module
 */

import { constants } from "node:os";

/** The kernel hands this one out although user space has no name for it: 524. */
export const ENOTSUPP = 524;

/** Two names share a number; these are the ones kernel people say. */
const preferred = ["EAGAIN", "EOPNOTSUPP", "EDEADLK"];

/** enum libbpf_errno of bpf/libbpf.h, from __LIBBPF_ERRNO__START = 4000 on. */
const libbpfNames = [
  ...["LIBELF", "FORMAT", "KVERSION", "ENDIAN", "INTERNAL", "RELOC", "LOAD"],
  ...["VERIFY", "PROG2BIG", "KVER", "PROGTYPE", "WRNGPID", "INVSEQ", "NLPARSE"],
].map((name, at) => [4000 + at, `LIBBPF_ERRNO__${name}`] as const);

const names: ReadonlyMap<number, string> = new Map([
  [ENOTSUPP, "ENOTSUPP"],
  ...libbpfNames,
  ...Object.entries(constants.errno).map(([name, number]) =>
    [number, name] as const
  ),
  ...Object.entries(constants.errno)
    .filter(([name]) => preferred.includes(name))
    .map(([name, number]) => [number, name] as const),
]);

/** What helps whatever was called: nothing else is known of these causes. */
const remedies: Readonly<Record<string, string>> = {
  EMFILE: "close descriptors, or raise RLIMIT_NOFILE: ulimit -n",
  ENFILE: "close descriptors, or raise fs.file-max",
  ENOMEM: "ask for less, or free memory",
};

/** What to do about an errno where the call tells nothing better, if anything. */
export function remedyOf(errno: number): string | undefined {
  return remedies[errnoName(errno)];
}

/** `errnoName(22)` is `"EINVAL"`; an unknown number is `"errno 4095"`. */
export function errnoName(errno: number): string {
  return names.get(errno) ?? `errno ${errno}`;
}
