/**
 * The rows of the list and the user's own kernels, each booted by QEMU.
 *
 * @module
 */
import { type Arch, arches, hostArch } from "../kernels/arch.ts";
import { cacheFolder } from "../kernels/folders.ts";
import type { Keeping, Kernel } from "../kernels/kernel.ts";
import { kernels } from "../kernels/list.ts";
import { readLock } from "../kernels/lock.ts";
import { ownKernels } from "../kernels/own.ts";
import { held } from "../kernels/provision.ts";
import { selectKernels, whyNamedOnly } from "../kernels/select.ts";
import type { Driver } from "./driver.ts";
import { Missing } from "./freight.ts";
import { isTooOld, noQemu, oldestQemu } from "./host.ts";
import { runMatrix } from "./matrix.ts";
import type { Listed } from "./report/list.ts";
import type { Row } from "./results.ts";

/** Kernels in QEMU. */
export const kernelDriver: Driver<Kernel> = {
  async all(): Promise<Kernel[]> {
    return [...kernels, ...await ownKernels()];
  },
  async select(patterns): Promise<Kernel[]> {
    return selectKernels(patterns, await kernelDriver.all());
  },
  arches: archesOf,
  async listed(rows): Promise<Listed[]> {
    const keeping = { cache: cacheFolder(), lock: await readLock() };
    return await Promise.all(rows.map((row) => listed(row, keeping)));
  },
  check({ qemu }, rows): void {
    if (isTooOld(qemu)) {
      throw new Missing(
        `QEMU ${qemu} is too old: install ${oldestQemu} or newer`,
      );
    }
    if (qemu !== noQemu) return;
    const needed = archesOf(rows).map((arch) => arches[arch].qemuPackage);
    throw new Missing(
      `There is no QEMU on this machine: install it (apt-get install ${
        [...new Set(needed)].join(" ")
      })`,
    );
  },
  async run(kernels, terms, options, watch): Promise<Row[]> {
    const { mirrors } = options;
    const lock = await readLock();
    // What CI says is to be had from nothing.
    const cold = options.cold || Deno.env.get("CI") === "true";
    const plan = { ...terms, kernels, mirrors, lock, cold };
    return await runMatrix({ ...plan, driver: "qemu" }, watch);
  },
};

function archesOf(rows: readonly Kernel[]): Arch[] {
  return rows.map(({ arch = hostArch }) => arch);
}

async function listed(kernel: Kernel, keeping: Keeping): Promise<Listed> {
  const { id, label, simulated = null } = kernel;
  const { had } = await held(kernel, keeping);
  const namedOnly = whyNamedOnly(kernel);
  return { id, label, had, simulated, namedOnly };
}
