/**
 * What sends in the loads.
 *
 * @module
 */

import { fileURLToPath } from "node:url";

/** The object's path: in the project's folder, and in a machine below its root, where the program is. */
export const burstObject = fileURLToPath(
  new URL("../../bpf/build/burst.bpf.o", import.meta.url),
);
