/**
 * A seccomp filter (seccomp(2)) that refuses bpf(2), as containers have one. It
 * is this thread's and of those that it starts, and cannot be taken away: only a
 * process made to be restricted calls it.
 *
 * @module
 */

import { littleEndian } from "./byte_order.ts";
import { bpfNumber } from "./bpf_syscall.ts";
import { BpfError } from "./error.ts";
import { errno, libc } from "./libc.ts";

/** Of linux/prctl.h and linux/seccomp.h. */
const PR_SET_SECCOMP = 22;
const PR_SET_NO_NEW_PRIVS = 38;
const SECCOMP_MODE_FILTER = 2n;
const SECCOMP_RET_ERRNO = 0x00050000;
const SECCOMP_RET_ALLOW = 0x7fff0000;

/** Classic BPF (linux/filter.h): load the word at k; jump if it equals k; return k. */
const LOAD_WORD = 0x20;
const JUMP_EQUAL = 0x15;
const RETURN = 0x06;

/** From now on bpf(2) answers `code` to this thread. */
export function refuseBpf(code: number): void {
  const filter = new Uint8Array([
    ...statement(LOAD_WORD, 0), // struct seccomp_data: the call's number is first
    ...statement(JUMP_EQUAL, Number(bpfNumber()), 1),
    ...statement(RETURN, SECCOMP_RET_ERRNO | code),
    ...statement(RETURN, SECCOMP_RET_ALLOW),
  ]);
  const program = new DataView(new ArrayBuffer(16));
  const address = Deno.UnsafePointer.of(filter);
  program.setUint16(0, filter.length / 8, littleEndian);
  program.setBigUint64(8, Deno.UnsafePointer.value(address), littleEndian);
  const at = Deno.UnsafePointer.value(Deno.UnsafePointer.of(program));
  const { prctl } = libc();
  if (
    prctl(PR_SET_NO_NEW_PRIVS, 1n, 0n, 0n, 0n) < 0 ||
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, at, 0n, 0n) < 0
  ) {
    throw new BpfError("refuse bpf(2) by a filter", { errno: errno() });
  }
}

/** struct sock_filter: code, what to skip if true, if false, k. */
function statement(code: number, k: number, skipUnless = 0): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setUint16(0, code, littleEndian);
  bytes.setUint8(3, skipUnless);
  bytes.setUint32(4, k, littleEndian);
  return new Uint8Array(bytes.buffer);
}
