/**
 * A matrix of machines that come to harm: one kernel, a row for each fault, the
 * way that every run of the matrix takes.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { output } from "../../kernels/executable.ts";
import { openCache } from "../../kernels/cache_folder.ts";
import type { Kernel } from "../../kernels/kernel.ts";
import { kernels } from "../../kernels/list.ts";
import { provision } from "../../kernels/provision.ts";
import { openTemporary } from "../../kernels/temporary.ts";
import { claimsErrand } from "../claims_errand.ts";
import type { Errand } from "../errand.ts";
import { collectFreight } from "../freight.ts";
import { realMachines, runMatrix } from "../matrix.ts";
import type { Machines, Plan } from "../plan.ts";
import type { Row } from "../results.ts";
import { code, rogue } from "./lab_causes.ts";
import { claims, parameter } from "./lab_guest.ts";

/** The last kernel that lets a program turn a processor's interrupts off: before 5.5. */
const base = "ubuntu-5.4";

/** The kernel that all rows have. */
export function baseKernel(): Kernel {
  const kernel = kernels.find(({ id }) => id === base);
  assert.ok(kernel, `the list has ${base}`);
  return kernel;
}

/** A row whose guest does `cause` to itself. */
function faultyRow(cause: string): Kernel {
  const kernel = baseKernel();
  const words = [`${parameter}${cause}`, `fault.code=${code}`];
  return { ...kernel, id: cause, cmdline: [...kernel.cmdline, ...words] };
}

/** What the command line of every QEMU here has in it. */
export const faultyMark = parameter;

/** The machines of every run; all rows have the image of one kernel. */
export const machines: Machines = {
  ...realMachines,
  provision: async (kernel, options) => ({
    ...await provision(baseKernel(), options),
    kernel,
  }),
};

/** The errand of a guest that comes to harm. */
async function faultyErrand(folder: string): Promise<Errand> {
  const freight = await collectFreight();
  const files = { ...freight.files, [rogue]: await buildRogue(folder) };
  const runner = fileURLToPath(new URL("lab_guest.ts", import.meta.url));
  return claimsErrand(claims("nothing"), { ...freight, files }, runner);
}

/** Runs a row for each cause; no row is told of the others. */
export async function runFaults(
  causes: readonly string[],
  more: Partial<Plan> = {},
): Promise<Map<string, Row>> {
  await using folder = await openTemporary();
  const plan: Plan = {
    cold: true,
    driver: "qemu",
    kernels: causes.map(faultyRow),
    errand: await faultyErrand(folder.path),
    ...{ cpus: 1, memoryMiB: 768, accel: "auto", timeoutMs: 60_000 },
    ...{ mirrors: {}, offline: false, cache: await openCache() },
    signal: new AbortController().signal,
    ...more,
  };
  const rows = await runMatrix(plan, () => {}, machines);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Builds the native part; its flags are those of the guest's first process. */
async function buildRogue(folder: string): Promise<string> {
  const source = fileURLToPath(new URL("lab_rogue.c", import.meta.url));
  const path = `${folder}/rogue`;
  const { success, stderr } = await output("clang", [
    ...["-std=c11", "-Os", "-Wall", "-Wextra", "-Werror", "-ffreestanding"],
    ...["-nostdlib", "-static", "-fno-stack-protector", "-fno-pic"],
    ...["-Wl,--build-id=none", "-Wl,-z,noexecstack", "-Wl,-s"],
    ...["-o", path, source],
  ]);
  assert.ok(success, stderr);
  return path;
}
