/**
 * What the kernel tells of a map or a program by a descriptor of it
 * (BPF_OBJ_GET_INFO_BY_FD, Linux 4.13, 1e2709769086 ("bpf: Add
 * BPF_OBJ_GET_INFO_BY_FD")).
 *
 * @module
 */

import { libbpf } from "./libbpf.ts";

/** The beginning of struct bpf_map_info or struct bpf_prog_info of linux/bpf.h. */
export interface ObjectInfo {
  /** A negative errno where the kernel tells nothing. */
  readonly result: number;
  /** As much as was asked for, with zeros where the kernel's own struct ends before. */
  readonly view: DataView<ArrayBuffer>;
  /** How many bytes of it the kernel knows. */
  readonly length: number;
}

/** Asks for the first `size` bytes of what the kernel tells of `fd`. */
export function objectInfo(fd: number, size: number): ObjectInfo {
  const view = new DataView(new ArrayBuffer(size));
  const length = new Uint32Array([size]);
  const result = libbpf().bpf_obj_get_info_by_fd(
    fd,
    new Uint8Array(view.buffer),
    new Uint8Array(length.buffer),
  );
  return { result, view, length: length[0] ?? 0 };
}
