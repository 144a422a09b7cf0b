/**
 * How libbpf says that a call failed, turned into a {@linkcode BpfError}.
 *
 * @module
 */

import { errnoName } from "./errno.ts";
import { BpfError } from "./error.ts";
import { libbpfSaid } from "./libbpf.ts";
import { errno } from "./libc.ts";

/** The largest errno that is ever packed into a pointer (MAX_ERRNO, linux/err.h). */
const largestErrno = 4095n;

/**
 * The result of a call that answers a count or a negative errno: the count, or
 * an error that says `action`. libbpf below 1.0 answers -1 for some calls and
 * sets errno, as newer ones set it to EPERM where they answer -1 for that.
 */
export function checkResult(
  action: string,
  result: number,
  remedies: Remedies = {},
): number {
  if (result >= 0) {
    libbpfSaid();
    return result;
  }
  throw failure(action, errnoOf(result), remedies);
}

/** The errno of a call that answers a count or a negative errno; 0 where it did not fail. */
export function errnoOf(result: number): number {
  if (result >= 0) return 0;
  return result === -1 ? errno() || -result : -result;
}

/**
 * The result of a call that answers a pointer: NULL with errno set since
 * libbpf 1.0, an errno packed into the pointer before.
 */
export function checkPointer(
  action: string,
  result: Deno.PointerValue,
  remedies: Remedies = {},
): NonNullable<Deno.PointerValue> {
  const code = result === null ? errno() : packedErrno(result);
  if (result !== null && code === 0) {
    libbpfSaid();
    return result;
  }
  throw failure(action, code, remedies);
}

function packedErrno(pointer: NonNullable<Deno.PointerValue>): number {
  const value = Deno.UnsafePointer.value(pointer);
  const negative = (1n << 64n) - value;
  return negative <= largestErrno ? Number(negative) : 0;
}

/** What to do about an errno, by its name, where the call gives it a meaning of its own. */
export type Remedies = Readonly<Record<string, string>>;

/** What these mean whatever was called. */
const known: Remedies = {
  EPERM: "run as root or grant CAP_BPF",
  EACCES: "see the error's log for the verifier's reasons",
};

function failure(action: string, errno: number, remedies: Remedies): BpfError {
  const log = libbpfSaid();
  const name = errnoName(errno);
  const remedy = remedies[name] ?? known[name];
  return new BpfError(action, {
    ...{ errno, log, cause: lastWords(log) },
    ...(remedy === undefined ? {} : { remedy }),
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
  // That BTF or an option was refused is no cause: libbpf goes on without.
  const words = spoken.filter((line) =>
    line !== "" && !/BTF loading|BTF is optional|Retrying without/.test(line)
  );
  return (end < 0 ? words[0] : words.at(-1))?.replace(/^libbpf: /, "") ?? "";
}
