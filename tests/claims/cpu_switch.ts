/**
 * The kernel's switch of one CPU; CONFIG_HOTPLUG_CPU.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { pin } from "../../ffi/cpu.ts";
import { BpfError } from "../../ffi/error.ts";
import { Absent } from "../claim.ts";

/** A machine of any speed has run the kernel's work by then. */
const patienceMs = 20_000;

function switchOf(cpu: number): string {
  return `/sys/devices/system/cpu/cpu${cpu}/online`;
}

/** Some CPUs cannot go, and some kernels let none go. */
export function requireSwitch(cpu: number): void {
  const path = switchOf(cpu);
  try {
    Deno.statSync(path);
  } catch {
    throw new Absent(`this kernel takes no CPU offline: no ${path}`);
  }
}

/** Takes a CPU, on which this thread does not run, offline and back, and this thread onto it. */
export function replug(cpu: number): void {
  Deno.writeTextFileSync(switchOf(cpu), "0");
  try {
    assert.equal(Deno.readTextFileSync(switchOf(cpu)).trim(), "0");
  } finally {
    Deno.writeTextFileSync(switchOf(cpu), "1");
  }
  assert.equal(Deno.readTextFileSync(switchOf(cpu)).trim(), "1");
  moveTo(cpu);
}

/**
 * Pins this thread to a CPU that has just come online. Before 6.10 (commit 2125c0034c5d) cpusets
 * hear of it from a workqueue, and until they have no thread may be pinned to it: EINVAL.
 */
function moveTo(cpu: number): void {
  const began = performance.now();
  for (;;) {
    try {
      return pin(0, [cpu]);
    } catch (error) {
      const waits = error instanceof BpfError &&
        error.errno === constants.errno.EINVAL;
      if (!waits || performance.now() - began > patienceMs) throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  }
}
