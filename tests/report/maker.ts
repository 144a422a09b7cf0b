/**
 * What a machine was made by, as reports call it.
 *
 * @module
 */
import type { Row } from "../results.ts";

/** The name of each driver. */
export const makers: Readonly<Record<Row["driver"], string>> = {
  qemu: "QEMU",
  vagrant: "Vagrant",
  none: "this machine itself",
};
