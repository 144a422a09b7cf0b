/**
 * How libbpf says that a call failed, turned into a {@linkcode BpfError}.
 *
 * @module
 */

import { BpfError } from "./error.ts";
import { constants } from "node:os";
import { libbpfSaid } from "./libbpf.ts";
import { errno } from "./libc.ts";

/** The largest errno that is ever packed into a pointer (MAX_ERRNO, linux/err.h). */
const largestErrno = 4095n;

/**
 * The result of a call that answers a count or a negative errno: the count, or
 * an error that says `action`.
 */
export function checkCount(action: string, result: number): number {
  if (result >= 0) {
    libbpfSaid();
    return result;
  }
  throw failure(action, -result);
}

/**
 * The result of a call that answers a pointer: NULL with errno set since
 * libbpf 1.0, an errno packed into the pointer before.
 */
export function checkPointer(
  action: string,
  result: Deno.PointerValue,
): NonNullable<Deno.PointerValue> {
  const code = result === null ? errno() : packedErrno(result);
  if (result !== null && code === 0) {
    libbpfSaid();
    return result;
  }
  throw failure(action, code);
}

function packedErrno(pointer: NonNullable<Deno.PointerValue>): number {
  const value = Deno.UnsafePointer.value(pointer);
  const negative = (1n << 64n) - value;
  return negative <= largestErrno ? Number(negative) : 0;
}

function failure(action: string, code: number): BpfError {
  const log = libbpfSaid();
  return new BpfError(action, {
    errno: code,
    log,
    cause: lastWords(log),
    ...remedy(code),
  });
}

/** The line of libbpf's warnings that tells most: the verifier's last one, else the first. */
function lastWords(log: string): string {
  const lines = log.split("\n").map((line) => line.trim());
  const end = lines.findIndex((line) => line.includes("END PROG LOAD LOG"));
  const spoken = end < 0
    ? lines
    : lines.slice(0, end).filter((line) =>
      !/^(processed \d+ insns|verification time|stack depth)/.test(line)
    );
  const words = spoken.filter((line) => line !== "");
  return (end < 0 ? words[0] : words.at(-1))?.replace(/^libbpf: /, "") ?? "";
}

function remedy(code: number): { remedy?: string } {
  const { EPERM, EACCES, ENOENT } = constants.errno;
  if (code === EPERM) return { remedy: "run as root or grant CAP_BPF" };
  if (code === EACCES) {
    return { remedy: "see the error's log for the verifier's reasons" };
  }
  if (code === ENOENT) return { remedy: "check the path" };
  return {};
}
