/**
 * What the kernel tells of a loaded program: struct bpf_prog_info of
 * include/uapi/linux/bpf.h, as long as the kernel knows it.
 *
 * @module
 */

import { constants } from "node:os";
import { littleEndian } from "./byte_order.ts";
import { libbpf } from "./libbpf.ts";
import { checkResult, errnoOf } from "./result.ts";

/** Where `recursion_misses` stands in the struct, in bytes. */
const recursionMissesAt = 208;

/**
 * The program's `recursion_misses`; `undefined` where the kernel's struct ends
 * before it, up to 5.11, and where it tells nothing of programs, up to 4.12.
 */
export function recursionMisses(fd: number, name: string): number | undefined {
  const info = new DataView(new ArrayBuffer(recursionMissesAt + 8));
  const length = new Uint32Array([info.byteLength]);
  const asked = libbpf().bpf_obj_get_info_by_fd(
    fd,
    new Uint8Array(info.buffer),
    new Uint8Array(length.buffer),
  );
  if (errnoOf(asked) === constants.errno.EINVAL) return undefined;
  checkResult(`ask what the kernel knows of program "${name}"`, asked);
  if ((length[0] ?? 0) < info.byteLength) return undefined;
  return Number(info.getBigUint64(recursionMissesAt, littleEndian));
}
