/**
 * The transports that a claim is proved on.
 *
 * @module
 */

import { probeRing, type Transport } from "../../mod.ts";

/** Those that this kernel has. */
export function transports(): Transport[] {
  return probeRing().has ? ["ring", "perf"] : ["perf"];
}
