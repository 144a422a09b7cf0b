/**
 * Whether a consumer that sleeps is woken, with the measure of how long that
 * takes when it is.
 *
 * @module
 */

import assert from "node:assert/strict";
import { wakes } from "./armed.ts";

/** A wakeup that has not come by then will not come, ms. */
export const patienceMs = 10_000;

/** How soon, in ms, `act` wakes the consumer of `fd`; fails if it does not. */
export async function soon(fd: number, act: () => void): Promise<number> {
  let began = 0;
  const woken = await wakes(fd, patienceMs, () => {
    began = performance.now();
    act();
  });
  assert.ok(woken, "the consumer was not woken");
  return Math.round((performance.now() - began) * 1000) / 1000;
}

/** How long a consumer is watched where a wakeup took `controlMs`, before it counts as not woken. */
export function watchMs(controlMs: number): number {
  return Math.ceil(Math.max(40, 10 * controlMs));
}
