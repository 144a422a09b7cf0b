/**
 * The producer whose events are measured, bpf/costs.bpf.c.
 *
 * @module
 */

import { BpfObject, probeRing } from "../../mod.ts";
import type { Lab } from "../claim.ts";

/** Loads it, without what needs the ring where there is none. */
export function loadCosts(lab: Lab): BpfObject {
  const object = BpfObject.open(lab.object("costs"));
  try {
    if (!probeRing().has) {
      object.map("ring").autocreate = false;
      for (const [name, program] of object.programs) {
        program.autoload = name.startsWith("perf");
      }
    }
    object.load();
    return object;
  } catch (error) {
    object.close();
    throw error;
  }
}
