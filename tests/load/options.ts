/**
 * The command lines of the loads.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { UsageError } from "../../kernels/usage_error.ts";
import type { Transport } from "../../mod.ts";

/** What the command line of a flood asked for. */
export interface FloodOptions {
  readonly minutes: number;
  /** None: those that the kernel has. */
  readonly transports: readonly Transport[];
  /** How late a timer of the same thread may be at worst, ms. */
  readonly lateMs: number;
}

/** What the command line of bursts asked for. */
export interface BurstOptions {
  readonly events: number;
  readonly times: number;
}

/** What the command line of rows asked for. */
export interface RowsOptions {
  readonly rows: number;
  /** Paths of images, at least one. */
  readonly kernels: readonly string[];
}

/**
 * Reads a flood's command line.
 *
 * @throws {UsageError} naming the option, its value and what it takes.
 */
export function readFloodOptions(argv: readonly string[]): FloodOptions {
  const { minutes, late, transport } = words(() =>
    parseArgs({
      args: [...argv],
      options: {
        minutes: { type: "string", default: "1" },
        late: { type: "string", default: "50" },
        transport: { type: "string", multiple: true, default: [] },
      },
    })
  );
  const transports = transport.map((word) => {
    if (word === "ring" || word === "perf") return word;
    throw new UsageError(`Bad --transport "${word}": it takes ring or perf`);
  });
  return {
    ...{ minutes: number("minutes", minutes), transports },
    lateMs: number("late", late),
  };
}

/**
 * Reads the command line of bursts.
 *
 * @throws {UsageError} naming the option, its value and what it takes.
 */
export function readBurstOptions(argv: readonly string[]): BurstOptions {
  const { events, times } = words(() =>
    parseArgs({
      args: [...argv],
      options: {
        events: { type: "string", default: "100000" },
        times: { type: "string", default: "3" },
      },
    })
  );
  return { events: count("events", events), times: count("times", times) };
}

/**
 * Reads the command line of cycles: how many of each transport. The first half of them fills what is
 * kept, so it takes two.
 *
 * @throws {UsageError} naming the option, its value and what it takes.
 */
export function readCycles(argv: readonly string[]): number {
  const { cycles } = words(() =>
    parseArgs({
      args: [...argv],
      options: {
        cycles: { type: "string", default: "2000" },
      },
    })
  );
  return count("cycles", cycles, 2);
}

/**
 * Reads the command line of rows.
 *
 * @throws {UsageError} naming the option, its value and what it takes.
 */
export function readRowsOptions(argv: readonly string[]): RowsOptions {
  const { rows, kernel } = words(() =>
    parseArgs({
      args: [...argv],
      options: {
        rows: { type: "string", default: "30" },
        kernel: { type: "string", multiple: true, default: [] },
      },
    })
  );
  const much = count("rows", rows);
  if (kernel.length > 0) return { rows: much, kernels: kernel };
  throw new UsageError("No --kernel: it takes the path of an image");
}

function number(name: string, word: string): number {
  const value = Number(word);
  if (value >= 1 && value < Infinity) return value;
  throw new UsageError(`Bad --${name} "${word}": it takes a number from 1`);
}

function count(name: string, word: string, least = 1): number {
  const value = Number(word);
  if (/^[1-9]\d{0,8}$/.test(word) && value >= least) return value;
  throw new UsageError(
    `Bad --${name} "${word}": it takes a whole number from ${least}`,
  );
}

/** The words that `parse` reads; those that it refuses are bad usage. */
function words<Values>(parse: () => { values: Values }): Values {
  try {
    return parse().values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
