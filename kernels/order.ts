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

/** How a guest comes by its program. */
export interface Bringing {
  /** QEMU has the program's archive, which is to be taken from it first. */
  readonly brings: boolean;
}

/** What is fresh in a guest from its order on. */
export interface Fresh extends Bringing {
  /** In hex, as is the seed. */
  readonly nonce: string;
  readonly seed: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The line that init.c reads: nonce and seed, the time in seconds and nanoseconds, the arguments. */
export function orderLine(
  { nonce, seed, now, brings }: Fresh,
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
