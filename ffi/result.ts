/**
 * How libbpf says that a call failed, turned into a {@linkcode BpfError}.
 *
 * @module
 */

import { constants } from "node:os";
import { getSystemErrorMap } from "node:util";
import { errnoName } from "./errno.ts";
import { BpfError } from "./error.ts";
import { libbpf } from "./libbpf.ts";
import { libbpfSaid } from "./libbpf_log.ts";
import { errno } from "./libc.ts";
import {
  type Explanation,
  lockedDown,
  readRestrictions,
  whyForbidden,
} from "./restrictions.ts";

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

/**
 * The same of a call on another thread, whose errno stays there: an answer of -1
 * is EPERM since libbpf 1.0, and any errno before.
 */
export function checkElsewhere(
  action: string,
  result: number,
  remedies: Remedies = {},
): number {
  if (result !== -1) return checkResult(action, result, remedies);
  if (libbpf().libbpf_major_version() >= 1) {
    throw failure(action, constants.errno.EPERM, remedies);
  }
  throw new BpfError(action, { cause: "libbpf below 1.0 does not say why" });
}

/** The errno of a call that answers a count or a negative errno; 0 where it did not fail. */
export function errnoOf(result: number): number {
  if (result >= 0) return 0;
  return result === -1 ? errno() || -result : -result;
}

/** Whether a wait was ended by a signal, which is nobody's failure. */
export function isInterrupted(result: number): boolean {
  return errnoOf(result) === constants.errno.EINTR;
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

function failure(action: string, code: number, remedies: Remedies): BpfError {
  const log = libbpfSaid();
  const errno = plainErrno(code, log);
  const words = lastWords(log);
  const remedy = remedies[errnoName(errno)];
  const known = remedy === undefined ? explain(errno, log) : { remedy };
  const cause = [words, known.cause ?? ""].filter((part) => part !== "");
  return new BpfError(action, {
    ...{ errno, log, cause: cause.join(": ") },
    ...(known.remedy === undefined ? {} : { remedy: known.remedy }),
  });
}

/** What an errno means whatever was called. */
function explain(errno: number, log: string): Partial<Explanation> {
  const { EACCES, EINVAL, EPERM } = constants.errno;
  if (errno === EPERM) return whyForbidden(readRestrictions());
  // bpf_probe_read() and its kin are no helpers there since ff40e51043af ("bpf,
  // lockdown, audit: Fix buggy SELinux lockdown permission checks"), Linux 5.13.
  const unread = /(unknown func|cannot use helper) bpf_probe_read/.test(log);
  if (errno === EINVAL && unread) {
    const { lockdown } = readRestrictions();
    return lockdown === "confidentiality" ? lockedDown : {};
  }
  if (errno !== EACCES) return {};
  return { remedy: "see the error's log for the verifier's reasons" };
}

/** LIBBPF_ERRNO__LOAD and LIBBPF_ERRNO__VERIFY of bpf/libbpf.h. */
const loadErrnos = [4006, 4007];

/** libbpf below 0.7 says of a refused program that it was, and the errno in words only. */
export function plainErrno(code: number, log: string): number {
  if (!loadErrnos.includes(code)) return code;
  const words = /load bpf program failed: (.+)/.exec(log)?.[1]?.toLowerCase();
  const found = [...getSystemErrorMap()].find(([, [, text]]) => text === words);
  return found === undefined ? code : -found[0];
}

/** What ends the verifier's log, and what it says of its own work (libbpf 0.6; 0.7 and newer). */
const logEnd = /END (PROG LOAD )?LOG/;
/** From Linux 7.3 on the verifier explains itself at length behind what it minds. */
const reportStart = "Verification failed: ";
const summary = /^(processed \d+ insns|verification time|stack depth)/;

/** That BTF or an option was refused is no cause: libbpf goes on without. */
const harmless = /BTF loading|BTF is optional|Retrying without/;

/** Lines of the verifier's log that an error's message takes. */
const mostLines = 3;

/** What tells most: the verifier's last instruction and what it minds, else libbpf's first warning. */
export function lastWords(log: string): string {
  const lines = log.split("\n").map((line) => line.trim())
    .filter((line) => line !== "" && !harmless.test(line));
  const report = lines.findIndex((line) => line.startsWith(reportStart));
  const end = report < 0
    ? lines.findIndex((line) => logEnd.test(line))
    : report;
  if (end < 0) return (lines[0] ?? "").replace(/^libbpf: /, "");
  const spoken = lines.slice(0, end).filter((line) => !summary.test(line));
  const last = spoken.findLastIndex((line) => /^\d+: \(/.test(line));
  return spoken.slice(Math.max(last, spoken.length - mostLines)).join("; ")
    .replace(/^libbpf: /, "");
}
