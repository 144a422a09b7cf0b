/**
 * The order that a guest waits for when Deno is up: its program's arguments, and what is to be fresh
 * in a machine that may have been frozen in between.
 *
 * @module
 */

/** The FIFO in the guest from which the loader reads the arguments, a list in JSON. */
export const orderPath = "/ringside/order";

/** Longest order that the first process takes, in bytes. */
const MOST_BYTES = 32 << 10;

/**
 * The line that init.c reads: nonce and seed in hex, the time in seconds and nanoseconds.
 *
 * @param brings QEMU has the program's archive, which is to be taken from it first.
 */
export function orderLine(
  nonce: string,
  seed: string,
  now: number,
  brings: boolean,
  args: readonly string[],
): string {
  const seconds = Math.floor(now / 1000);
  const nanoseconds = Math.floor((now % 1000) * 1e6);
  const line = `${nonce} ${seconds} ${nanoseconds} ${seed} ${brings ? 1 : 0} ${
    JSON.stringify(args)
  }\n`;
  if (new TextEncoder().encode(line).length <= MOST_BYTES) return line;
  throw new Error(
    `Cannot hand over the program's arguments: they are more than ${MOST_BYTES} bytes`,
  );
}
