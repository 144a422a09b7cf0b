/**
 * What has to be fresh in a program that may have been frozen since it was loaded: its order, and
 * its random numbers. The machine's clock and the kernel's own generator are its first process's.
 *
 * @module
 */
import { orderPath } from "../kernels/order.ts";

/** Waits for the order; the arguments that it brings. */
export function takeOrder(): string[] {
  return JSON.parse(Deno.readTextFileSync(orderPath));
}

/** What rand, Deno's generator, draws from one seed; the most that one call gives is as much. */
const SEED_BYTES = 64 << 10;
/** More than Deno draws in advance. */
const UUIDS = 256;

/**
 * Sees to it that no life of a frozen machine draws what another one draws.
 *
 * Two lives of one guest (Deno 2.9.6, its generators in use before the freeze) drew the same from
 * `Math.random`, `getRandomValues`, `randomUUID` and all of node:crypto, and had the same names of
 * temporary folders; keys of `crypto.subtle` were others each time. What is done about it here is
 * tried by tests/faults/lab_start_test.ts:
 *
 * - Deno's generator is a thread's own, seeded by the kernel anew after 64 KiB. They are drawn.
 * - UUIDs are drawn in advance. They are used up. Of node:crypto, too, randomUUID and randomInt
 *   have a stock: nobody may ask for these before the order.
 * - `Math.random` is V8's, seeded once. It is replaced.
 *
 * A Worker that starts later has generators of its own, seeded then.
 */
export function freshen(): void {
  const spent = new Uint8Array(SEED_BYTES);
  // The first may end within a seed, the second ends within a new one.
  for (let seeds = 0; seeds < 2; seeds++) crypto.getRandomValues(spent);
  for (let drawn = 0; drawn < UUIDS; drawn++) crypto.randomUUID();
  Math.random = () => {
    const [low = 0, high = 0] = crypto.getRandomValues(new Uint32Array(2));
    return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
  };
}
