/**
 * Makes this kernel refuse ring buffers, for the simulated rows.
 *
 * @module
 */
import { BpfObject } from "../mod.ts";

/**
 * Loads and attaches the LSM program of bpf/mask.bpf.c. The mask is off again
 * when the object is closed, or when the process ends.
 *
 * @param objects the folder of the BPF objects.
 */
export function maskRing(objects: string): BpfObject {
  const mask = BpfObject.open(`${objects}/mask.bpf.o`);
  try {
    mask.load();
    mask.attach();
    return mask;
  } catch (error) {
    mask.close();
    throw error;
  }
}
