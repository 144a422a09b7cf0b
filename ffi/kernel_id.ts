/**
 * The numbers by which the kernel knows maps and programs (Linux 4.13): they
 * tell whether one is still there when no descriptor of it is left.
 *
 * @module
 */

import { constants } from "node:os";
import { littleEndian } from "./byte_order.ts";
import { BpfError } from "./error.ts";
import { libbpf } from "./libbpf.ts";
import { errno, libc } from "./libc.ts";
import { objectInfo } from "./object_info.ts";
import { errnoOf } from "./result.ts";

/** The id of the map or the program that `fd` stands for. */
export function kernelId(fd: number): number {
  // struct bpf_map_info and struct bpf_prog_info begin alike: type, id.
  const { result, view } = objectInfo(fd, 8);
  if (result < 0) {
    throw new BpfError(`ask for the id of descriptor ${fd}`, {
      errno: errnoOf(result),
    });
  }
  return view.getUint32(4, littleEndian);
}

/** Whether the kernel still has a map or a program of this id. */
export function isThere(kind: "map" | "prog", id: number): boolean {
  const fd = libbpf()[`bpf_${kind}_get_fd_by_id`](id);
  if (fd >= 0) {
    libc().close(fd);
    return true;
  }
  if (errno() === constants.errno.ENOENT) return false;
  throw new BpfError(`look for ${kind} ${id}`, { errno: errno() });
}
