/**
 * What makes the claims' programs run: a command where the kernel has one, a
 * system call of this thread where it has not.
 *
 * Whether it has is ffi/bpf_syscall.ts, which mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { tryTestRun } from "../../ffi/bpf_syscall.ts";
import type { BpfObject, BpfProgram } from "../../mod.ts";
import { Absent, type Lab } from "../claim.ts";

/** Whether the kernel runs programs by BPF_PROG_TEST_RUN, which is of Linux 4.12. */
export function runsByCommand(): boolean {
  const { EINVAL, EBADF } = constants.errno;
  const errno = tryTestRun();
  if (errno === EINVAL) return false;
  assert.equal(errno, EBADF);
  return true;
}

/** Ends a proof, as absent, that no other trigger can drive. */
export function requireTestRun(): void {
  if (runsByCommand()) return;
  throw new Absent(
    "BPF_PROG_TEST_RUN: EINVAL: this kernel runs no program by command",
  );
}

/** The object of this name, or its variant that renames drive. */
export function driven(lab: Lab, name: string): string {
  return lab.object(runsByCommand() ? name : `${name}_fired`);
}

/** Runs a program of a {@linkcode driven} object `count` times; answers what it returned at last. */
export function drive(
  object: BpfObject,
  program: BpfProgram,
  count = 1,
): number {
  return program.section === "tc"
    ? program.testRun({ repeat: count }).result
    : fire(object, count);
}

/** The name of a thread whose renames bpf/fired.h listens to. */
const ours = new TextEncoder().encode("ringside");

/**
 * Renames this thread, so that the attached program runs `count` times where the
 * thread does. The last rename gives the thread its own name back, and still is
 * one of the thread that is named so.
 */
function fire(object: BpfObject, count: number): number {
  const path = "/proc/thread-self/comm";
  const own = Deno.readFileSync(path).subarray(0, -1); // without its line feed
  const { times } = toldBy(object);
  using comm = Deno.openSync(path, { write: true });
  comm.writeSync(ours);
  for (let nth = 1; nth < count; nth++) comm.writeSync(ours);
  comm.writeSync(own);
  const told = toldBy(object);
  assert.equal(told.times - times, count, "the program did not run each time");
  return told.answer;
}

/** struct told of bpf/fired.h. */
function toldBy(object: BpfObject): { times: number; answer: number } {
  const words = new BigInt64Array(object.map("told").lookup(0).buffer);
  const [times = 0n, answer = 0n] = words;
  return { times: Number(times), answer: Number(answer) };
}
