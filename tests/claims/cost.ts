/**
 * What things cost: how it is measured, and whether it is judged.
 *
 * A time of an emulated machine is that of its emulator, and its CPUs may be one
 * thread that takes turns: there the figures are reported, and no verdict is
 * made of them.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Lab } from "../claim.ts";

/** How a cost is measured. */
export interface Method {
  /** Rounds that only warm the caches: dropped. */
  readonly warmed: number;
  /** Rounds of which the median is taken. */
  readonly measured: number;
  /** Runs in a row of which one measurement is the mean. */
  readonly repeat: number;
}

/** An emulator takes its time for each run. */
export function method(): Method {
  return emulated()
    ? { warmed: 1, measured: 3, repeat: 50 }
    : { warmed: 2, measured: 9, repeat: 1000 };
}

/** A ratio that the claim speaks of, with the bound it has to keep, if any. */
export interface Order {
  readonly ratio: number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/**
 * Median cost of each of several ways, ns. In each round all take their turn, so
 * that what disturbs a round disturbs all of them.
 */
export async function costs<Way extends string>(
  ways: Readonly<Record<Way, () => number | Promise<number>>>,
): Promise<Record<Way, number>> {
  const { warmed, measured } = method();
  const names = Object.keys(ways) as Way[];
  const times = new Map<Way, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < warmed + measured; round++) {
    for (const name of names) {
      const ns = await ways[name]();
      if (round >= warmed) times.get(name)?.push(ns);
    }
  }
  const medians = [...times].map(([name, taken]) => [name, median(taken)]);
  return Object.fromEntries(medians);
}

/** The middle one of an odd number of numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

/** `a` divided by `b`, in hundredths. */
export function ratio(a: number, b: number): number {
  return Math.round(100 * a / b) / 100;
}

/** Puts the ratios with their bounds into evidence; asserts them where time means something. */
export function judge(lab: Lab, orders: Readonly<Record<string, Order>>): void {
  const judged = !emulated();
  const shown = Object.entries(orders).map(([name, order]) => {
    return [name, { ...order }] as const;
  });
  lab.evidence({ judged, ratios: Object.fromEntries(shown) });
  if (!judged) return;
  for (const [name, order] of Object.entries(orders)) {
    const { ratio, atLeast = 0, atMost = Infinity } = order;
    assert.ok(
      ratio >= atLeast && ratio <= atMost,
      `${name} is ${ratio}, not between ${atLeast} and ${atMost}`,
    );
  }
}

/**
 * Whether the machine is an emulated one: whoever starts it says so to its kernel (kernels/qemu.ts),
 * or where that one is a distribution's, to the program (kernels/vagrant/freight.ts).
 */
export function emulated(): boolean {
  if (Deno.env.get("RINGSIDE_ACCEL") === "tcg") return true;
  const parameters = Deno.readTextFileSync("/proc/cmdline").trim().split(/\s+/);
  return parameters.includes("ringside.accel=tcg");
}
