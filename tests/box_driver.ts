/**
 * Whole distributions, each a machine of the Vagrantfile.
 *
 * @module
 */
import { hostArch } from "../kernels/arch.ts";
import type { Named } from "../kernels/kernel.ts";
import { matchesGlob, rowsNamed } from "../kernels/select.ts";
import { debianSuites } from "../kernels/sites.ts";
import { UsageError } from "../kernels/usage_error.ts";
import { type Box, boxes, ownBoxes } from "../kernels/vagrant/boxes.ts";
import { findVagrant } from "../kernels/vagrant/vagrant.ts";
import { runBoxes } from "./box_matrix.ts";
import type { Driver } from "./driver.ts";
import { kernelDriver } from "./kernel_driver.ts";
import type { Listed } from "./report/list.ts";
import type { Row } from "./results.ts";

/** Refuses what is no box, though it could be one, or is a row of the other driver. */
function refuse(
  pattern: string,
  isKernel: boolean,
  all: readonly Box[],
): void {
  const suite = pattern.replace(/^own-/, "");
  if (suite !== pattern && debianSuites.includes(suite)) {
    throw new UsageError(
      `The box ${pattern} is not built on this machine: ` +
        `\`deno task kernels box ${suite}\` builds it, as root (see docs/vagrant.md)`,
    );
  }
  if (!isKernel) return;
  throw new UsageError(
    `"${pattern}" is no box: it is a row of --driver qemu, which needs no --driver; ` +
      `with --driver vagrant there are ${all.map(({ id }) => id).join(", ")}`,
  );
}

/** Boxes in Vagrant. */
export const boxDriver: Driver<Box> = {
  async all(): Promise<Box[]> {
    return [...boxes, ...await ownBoxes()];
  },
  async select(patterns): Promise<Box[]> {
    const all = await boxDriver.all();
    const named = patterns.find((pattern) => pattern.includes("="));
    if (named !== undefined) {
      throw new UsageError(
        `Cannot take "${named}" with --driver vagrant: its rows are boxes; ` +
          "`deno task kernels box` builds one of your own, as root (see docs/vagrant.md)",
      );
    }
    if (patterns.length === 0) return all;
    const others = await kernelDriver.all();
    for (const pattern of patterns) {
      const isNamed = (row: Named): boolean => matchesGlob(row.id, pattern);
      if (!all.some(isNamed)) refuse(pattern, others.some(isNamed), all);
    }
    return [...new Set(patterns.flatMap((one) => rowsNamed(one, all)))];
  },
  arches: () => [hostArch],
  listed(rows): Promise<Listed[]> {
    return Promise.resolve(rows.map(({ id, label, box }) => ({
      ...{
        id,
        label,
        had: `box ${box}`,
        simulated: null,
        namedOnly: undefined,
      },
    })));
  },
  check(): void {
    findVagrant();
  },
  async run(boxes, terms, { keep }, watch): Promise<Row[]> {
    return await runBoxes({ ...terms, driver: "vagrant", boxes, keep }, watch);
  },
};
