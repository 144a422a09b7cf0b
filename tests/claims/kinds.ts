/**
 * The programs of bpf/kinds.bpf.c, one of them loaded at a time.
 *
 * @module
 */

import { BpfObject } from "../../mod.ts";
import type { Lab } from "../claim.ts";

/** Loads one program of the object; the one whose count it answers is this process. */
export function loadKind(lab: Lab, program: string): BpfObject {
  const object = BpfObject.open(lab.object("kinds"));
  try {
    for (const other of object.programs.values()) {
      other.autoload = other.name === program;
    }
    object.load();
    const words = new BigUint64Array([BigInt(Deno.pid), 0n]);
    object.map("seen").update(0, new Uint8Array(words.buffer));
    return object;
  } catch (error) {
    object.close();
    throw error;
  }
}

/** How often the program ran for this process. */
export function countOf(object: BpfObject): number {
  const words = new BigUint64Array(object.map("seen").lookup(0).buffer);
  return Number(words[1]);
}
