/**
 * The kernel's switch of one CPU; CONFIG_HOTPLUG_CPU.
 *
 * @module
 */

import assert from "node:assert/strict";
import { Absent } from "../claim.ts";

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

/** Takes a CPU, on which this thread does not run, offline and back. */
export function replug(cpu: number): void {
  Deno.writeTextFileSync(switchOf(cpu), "0");
  try {
    assert.equal(Deno.readTextFileSync(switchOf(cpu)).trim(), "0");
  } finally {
    Deno.writeTextFileSync(switchOf(cpu), "1");
  }
  assert.equal(Deno.readTextFileSync(switchOf(cpu)).trim(), "1");
}
