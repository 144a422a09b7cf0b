/**
 * The producer of records of any size, bpf/mixed.bpf.c.
 *
 * @module
 */

import { BpfObject, type Transport } from "../../mod.ts";
import type { Lab } from "../claim.ts";
import { requireTestRun } from "./trigger.ts";

/** What its sizes are drawn from: every run sends the same records. */
const seed = 0x9e3779b97f4a7c15n;

/** Loads one half, and fills what its records are cut from. */
export function openMixed(lab: Lab, transport: Transport): BpfObject {
  requireTestRun();
  const loser = transport === "ring" ? "perf" : "ring";
  const object = BpfObject.open(lab.object("mixed"));
  try {
    object.program(`mix_${loser}`).autoload = false;
    object.map(loser).autocreate = false;
    object.load();
    const payload = object.map("payload");
    const bytes = new Uint8Array(payload.valueSize);
    payload.update(0, crypto.getRandomValues(bytes));
    const state = new BigUint64Array([seed, 0n, 0n]);
    object.map("state").update(0, new Uint8Array(state.buffer));
    return object;
  } catch (error) {
    object.close();
    throw error;
  }
}

/** What was sent and what was given up, by its own account. */
export function accountOf(
  object: BpfObject,
): Record<"sent" | "discarded", number> {
  const words = new BigUint64Array(object.map("state").lookup(0).buffer);
  return { sent: Number(words[1]), discarded: Number(words[2]) };
}
