/**
 * The producer of numbered events, bpf/burst.bpf.c, on a CPU of choice.
 *
 * Which CPU a program runs on is the thread's affinity under
 * BPF_PROG_TEST_RUN, hence ffi/cpu.ts and ffi/bpf_syscall.ts, which mod.ts does
 * not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { tryTestRun } from "../../ffi/bpf_syscall.ts";
import { allowedCpus, pin } from "../../ffi/cpu.ts";
import type { BpfObject, Transport } from "../../mod.ts";
import { Absent } from "../claim.ts";

/** struct burst_event as its BTF decodes it. */
export interface BurstEvent {
  readonly sequence: bigint;
  readonly ktime: bigint;
  readonly cpu: number;
  readonly tag: string;
}

/** Bytes of struct burst_event. */
export const burstBytes = 24;

/**
 * The producer is driven by BPF_PROG_TEST_RUN; a kernel that does not know it
 * (before 4.12) cannot be asked, and says so by EINVAL.
 */
export function requireTestRun(): void {
  const { EINVAL, EBADF } = constants.errno;
  const errno = tryTestRun();
  if (errno === EINVAL) {
    throw new Absent(
      "BPF_PROG_TEST_RUN: EINVAL: this kernel runs no program by command",
    );
  }
  assert.equal(errno, EBADF);
}

/** Sends `count` events from where this thread runs; answers what the last one returned. */
export function send(
  object: BpfObject,
  transport: Transport,
  count: number,
): number {
  requireTestRun();
  return object.program(`burst_${transport}`).testRun({ repeat: count }).result;
}

/** This thread's CPUs, given back when it is disposed. */
export class Pinned implements Disposable {
  readonly #all = allowedCpus();
  /** The lowest CPU this thread may use. */
  readonly low: number;
  /** The next one. */
  readonly high: number;

  /** Throws where there is but one CPU. */
  constructor() {
    const [low, high] = this.#all;
    if (low === undefined || high === undefined) {
      throw new Error("Cannot order CPUs: this claim needs two of them");
    }
    this.low = low;
    this.high = high;
  }

  /** From now on this thread runs on `cpu`. */
  to(cpu: number): void {
    pin(0, [cpu]);
  }

  /** Lets this thread run everywhere again. */
  [Symbol.dispose](): void {
    pin(0, this.#all);
  }
}
