/**
 * Whole distributions, each a machine of the Vagrantfile.
 *
 * @module
 */
import { hostArch } from "../kernels/arch.ts";
import { UsageError } from "../kernels/usage_error.ts";
import { rowsNamed } from "../kernels/select.ts";
import { type Box, boxes, ownBoxes } from "../kernels/vagrant/boxes.ts";
import { findVagrant } from "../kernels/vagrant/vagrant.ts";
import { runBoxes } from "./box_matrix.ts";
import type { Driver } from "./driver.ts";
import type { Listed } from "./report/list.ts";
import type { Row } from "./results.ts";

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
