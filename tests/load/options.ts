/**
 * The command line of a flood.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { UsageError } from "../../kernels/usage_error.ts";
import type { Transport } from "../../mod.ts";

/** What the command line asked for. */
export interface FloodOptions {
  readonly minutes: number;
  /** None: those that the kernel has. */
  readonly transports: readonly Transport[];
}

/**
 * Reads the command line.
 *
 * @throws {UsageError} naming the option, its value and what it takes.
 */
export function readFloodOptions(argv: readonly string[]): FloodOptions {
  const { minutes = "1", transport = [] } = words(argv);
  if (!(Number(minutes) > 0 && Number(minutes) < Infinity)) {
    throw new UsageError(
      `Bad --minutes "${minutes}": it takes a number above 0`,
    );
  }
  const transports = transport.map((word) => {
    if (word === "ring" || word === "perf") return word;
    throw new UsageError(`Bad --transport "${word}": it takes ring or perf`);
  });
  return { minutes: Number(minutes), transports };
}

function words(
  argv: readonly string[],
): { readonly minutes?: string; readonly transport?: string[] } {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        minutes: { type: "string" },
        transport: { type: "string", multiple: true },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
