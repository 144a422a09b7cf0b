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

/**
 * Draws random numbers from the kernel from now on. V8 and Deno have generators of their own, which
 * go on after a thaw where they were frozen: every life of a machine would draw the same numbers. A
 * Worker that starts later has generators of its own, seeded then.
 */
export function freshen(): void {
  Math.random = () => {
    const [low = 0, high = 0] = crypto.getRandomValues(new Uint32Array(2));
    return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
  };
  Crypto.prototype.getRandomValues = function <T extends ArrayBufferView>(
    array: T,
  ): T {
    const { buffer, byteOffset, byteLength } = array;
    fill(new Uint8Array(buffer, byteOffset, byteLength));
    return array;
  };
}

/** Fills the bytes with what the kernel's generator gives. */
function fill(bytes: Uint8Array): void {
  using random = Deno.openSync("/dev/urandom");
  for (let had = 0; had < bytes.length;) {
    had += random.readSync(bytes.subarray(had)) ?? 0;
  }
}
