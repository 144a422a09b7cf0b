/**
 * The numbers by which the kernel knows maps and programs (Linux 4.13): they
 * tell whether one is still there when no descriptor of it is left.
 *
 * @module
 */

import { constants } from "node:os";
import { BpfError } from "./error.ts";
import { libbpf } from "./libbpf.ts";
import { errno, libc } from "./libc.ts";

/** The id of the map or the program that `fd` stands for. */
export function kernelId(fd: number): number {
  // struct bpf_map_info and struct bpf_prog_info begin alike: type, id.
  const info = new Uint32Array(2);
  const length = new Uint32Array([info.byteLength]);
  const result = libbpf().bpf_obj_get_info_by_fd(
    fd,
    new Uint8Array(info.buffer),
    new Uint8Array(length.buffer),
  );
  if (result < 0) {
    throw new BpfError(`ask for the id of descriptor ${fd}`, {
      errno: errno(),
    });
  }
  return info[1] ?? 0;
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
