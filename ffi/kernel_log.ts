/**
 * The kernel's own log, by syslog(2).
 *
 * @module
 */

import { BpfError } from "./error.ts";
import { errno, libc } from "./libc.ts";

/** Commands of syslog(2) (include/linux/syslog.h). */
const SYSLOG_ACTION_READ = 2;
const SYSLOG_ACTION_SIZE_UNREAD = 9;

/**
 * What the kernel's log holds since it was read last, by whomever, oldest line first; each line
 * begins with its level in angle brackets. For a machine of one's own: nobody else reads it again.
 *
 * How much is unread is asked first: to read waits where there is nothing. An emulated machine
 * takes 10 ms to hand out its whole log, and next to nothing to say that nothing is new.
 */
export function unreadKernelLog(): string {
  let text = "";
  const none = new Uint8Array();
  for (let size = 0; (size = call(SYSLOG_ACTION_SIZE_UNREAD, none)) > 0;) {
    const buffer = new Uint8Array(size);
    const length = call(SYSLOG_ACTION_READ, buffer);
    text += new TextDecoder().decode(buffer.subarray(0, length));
    if (length === 0) break; // another reader was faster
  }
  return text;
}

function call(command: number, buffer: Uint8Array<ArrayBuffer>): number {
  const result = libc().klogctl(command, buffer, buffer.length);
  if (result >= 0) return result;
  throw new BpfError("read the kernel's log", { errno: errno() });
}
