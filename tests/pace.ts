/**
 * How long rows took the last time, so that a run can say how long they will
 * take: a file in the cache, which nothing depends on.
 *
 * @module
 */
import { join } from "node:path";
import type { Row } from "./results.ts";

/** What a row took, in milliseconds. */
export interface Pace {
  /** From the start of its machine to the guest's first process. */
  readonly bootMs: number;
  /** For one claim. */
  readonly claimMs: number;
}

/** Paces by the rows' ids. */
export type Paces = ReadonlyMap<string, Pace>;

const file = (cache: string): string => join(cache, "paces.json");

/** The paces of earlier runs; none where there was no run, or the file is none of ours. */
export async function readPaces(cache: string): Promise<Paces> {
  try {
    const paces = JSON.parse(await Deno.readTextFile(file(cache)));
    return new Map(Object.entries<Pace>(paces).filter(isPace));
  } catch {
    return new Map();
  }
}

function isPace([, pace]: [string, Partial<Pace> | null]): boolean {
  return Number.isFinite(pace?.bootMs) && Number.isFinite(pace?.claimMs);
}

/** Keeps the paces of a run beside those of other rows; a cache that is full keeps none. */
export async function keepPaces(
  cache: string,
  rows: readonly Row[],
): Promise<void> {
  const measured = rows.filter(({ state, claims }) =>
    state === "ran" && claims.length > 0
  ).map(({ id, timings: { bootMs, runMs }, claims }): [string, Pace] => [
    id,
    { bootMs, claimMs: Math.round(runMs / claims.length) },
  ]);
  const all = new Map([...await readPaces(cache), ...measured]);
  const text = JSON.stringify(Object.fromEntries(all), null, 1);
  await Deno.writeTextFile(file(cache), text).catch(() => {});
}
