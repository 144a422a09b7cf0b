/**
 * The kernel's own log, by syslog(2).
 *
 * @module
 */

import { BpfError } from "./error.ts";
import { errno, libc } from "./libc.ts";

/** Commands of syslog(2) (include/linux/syslog.h). */
const SYSLOG_ACTION_READ_ALL = 3;
const SYSLOG_ACTION_SIZE_BUFFER = 10;

/** All that the kernel's log holds, oldest line first. Needs root where dmesg is restricted. */
export function kernelLog(): string {
  const size = call(SYSLOG_ACTION_SIZE_BUFFER, new Uint8Array(1));
  const buffer = new Uint8Array(size);
  const length = call(SYSLOG_ACTION_READ_ALL, buffer);
  return new TextDecoder().decode(buffer.subarray(0, length));
}

function call(command: number, buffer: Uint8Array<ArrayBuffer>): number {
  const result = libc().klogctl(command, buffer, buffer.length);
  if (result >= 0) return result;
  throw new BpfError("read the kernel's log", { errno: errno() });
}
