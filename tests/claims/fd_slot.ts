/**
 * A slot of an array that holds rings or perf events.
 *
 * @module
 */

import type { BpfMap } from "../../mod.ts";

/** Puts what descriptor `fd` stands for into a slot of `array`. */
export function putFd(array: BpfMap, slot: number, fd: number): void {
  array.update(slot, new Uint8Array(new Uint32Array([fd]).buffer));
}
