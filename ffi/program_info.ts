/**
 * What the kernel tells of a loaded program: struct bpf_prog_info of
 * include/uapi/linux/bpf.h, as long as the kernel knows it.
 *
 * @module
 */

import { constants } from "node:os";
import { littleEndian } from "./byte_order.ts";
import { objectInfo } from "./object_info.ts";
import { checkResult, errnoOf } from "./result.ts";

/** Where `recursion_misses` stands in the struct, in bytes. */
const recursionMissesAt = 208;

/**
 * The program's `recursion_misses`; `undefined` where the kernel's struct ends
 * before it, up to 5.11, and where it tells nothing of programs, up to 4.12.
 */
export function recursionMisses(fd: number, name: string): number | undefined {
  const end = recursionMissesAt + 8;
  const { result, view, length } = objectInfo(fd, end);
  if (errnoOf(result) === constants.errno.EINVAL) return undefined;
  checkResult(`ask what the kernel knows of program "${name}"`, result);
  if (length < end) return undefined;
  return Number(view.getBigUint64(recursionMissesAt, littleEndian));
}
