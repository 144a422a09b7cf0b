/**
 * The order that a guest waits for when Deno is up: its program's arguments, and what is to be fresh
 * in a machine that may have been frozen in between.
 *
 * @module
 */

import { UsageError } from "./usage_error.ts";

/** The FIFO in the guest from which the loader reads the arguments, a list in JSON. */
export const orderPath = "/ringside/order";

/** Longest order that the first process takes, in bytes; of that the arguments. */
const mostBytes = 32 << 10;
const mostArguments = mostBytes - 512;

/**
 * Sees to it that an order can hold these arguments.
 *
 * @throws {UsageError} when they are too long.
 */
export function checkArguments(args: readonly string[]): void {
  const { length } = new TextEncoder().encode(JSON.stringify(args));
  if (length <= mostArguments) return;
  throw new UsageError(
    `Cannot hand over the program's arguments: they take ${length} bytes as JSON, and a guest takes ${mostArguments}; put them into a file beside the program`,
  );
}

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
  checkArguments(args);
  const head = [nonce, seconds, nanoseconds, seed, brings ? 1 : 0].join(" ");
  return `${head} ${JSON.stringify(args)}\n`;
}
