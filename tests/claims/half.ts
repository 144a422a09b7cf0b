/**
 * One half of the claims' producer, bpf/burst.bpf.c, loaded without the SDK's
 * stream around it: whoever reads its map is the claim's choice.
 *
 * @module
 */

import { BpfObject, type Transport } from "../../mod.ts";
import type { Lab } from "../claim.ts";
import { putFd } from "./fd_slot.ts";
import { driven, runsByCommand } from "./trigger.ts";

/** Loads the ring's half or the perf buffer's. */
export function loadHalf(lab: Lab, transport: Transport): BpfObject {
  const loser = transport === "ring" ? "perf" : "ring";
  const object = BpfObject.open(driven(lab, "burst"));
  try {
    object.program(`burst_${loser}`).autoload = false;
    object.map(`events_${loser}`).autocreate = false;
    object.load();
    if (!runsByCommand()) object.attach();
    return object;
  } catch (error) {
    object.close();
    throw error;
  }
}

/** Puts the event of descriptor `fd` into a slot of the perf half's map. */
export function install(object: BpfObject, slot: number, fd: number): void {
  putFd(object.map("events_perf"), slot, fd);
}
