/**
 * Pins: names in a BPF file system (bpffs) that keep a map or a program.
 *
 * @module
 */

import { toCString } from "./c_string.ts";
import { BpfError } from "./error.ts";
import { kernelId } from "./kernel_id.ts";
import { libbpf } from "./libbpf.ts";
import { errno, libc } from "./libc.ts";
import { checkResult } from "./result.ts";

/** What BPF_OBJ_PIN and BPF_OBJ_GET mean by these. */
const remedies = {
  EPERM: "pin below a mounted bpffs: mount -t bpf bpf /sys/fs/bpf",
  EINVAL: "pin below a mounted bpffs: mount -t bpf bpf /sys/fs/bpf",
  ENOENT: "check the path, and that its folder is there",
  EEXIST: "unpin what is there, or choose another path",
};

/** Something that can be pinned. */
interface Pinnable {
  readonly fd: number;
}

/** Gives what `fd` stands for a name; `what` is what an error calls it. */
export function pin(what: string, { fd }: Pinnable, path: string): void {
  checkResult(
    `pin ${what} at "${path}"`,
    libbpf().bpf_obj_pin(fd, toCString(path)),
    remedies,
  );
}

/** Removes a name that stands for what `fd` does; any other is left alone. */
export function unpin(what: string, { fd }: Pinnable, path: string): void {
  const action = `unpin ${what} from "${path}"`;
  const pinned = openPin(action, path);
  try {
    if (kernelId(pinned) !== kernelId(fd)) {
      throw new BpfError(action, { cause: "something else is pinned there" });
    }
  } finally {
    libc().close(pinned);
  }
  if (libc().unlink(toCString(path)) < 0) {
    throw new BpfError(action, { errno: errno() });
  }
}

/** A new descriptor of what is pinned at `path`, for the caller to close. */
export function openPin(action: string, path: string): number {
  return checkResult(
    action,
    libbpf().bpf_obj_get(toCString(path)),
    { ...remedies, EACCES: "check that a map or program is pinned there" },
  );
}
