/**
 * Which package each row had last, in `rows/ID.json`.
 *
 * @module
 */
import { join } from "node:path";
import { readJson, writeJson } from "./cached.ts";
import { isUsable } from "./index_format.ts";
import type { Kernel, Pin } from "./kernel.ts";
import { readable } from "./unread.ts";

/** Archives of a row that were not looked at. */
export interface Missed {
  /** Those that said that they have no such suite, by their URLs. */
  readonly without: readonly string[];
  /** Whether there are others: those that gave no answer, or none to be believed. */
  readonly unanswered: boolean;
}

/** What is remembered of a row. */
export interface Last {
  readonly pin: Pin;
  /** When the archive was asked, in ISO 8601. */
  readonly resolved: string;
  /** What was not looked at then, where something was not. */
  readonly missed?: Missed;
}

/** The folder of what is remembered. */
export function rowsFolder(cache: string): string {
  return join(cache, "kernels", "rows");
}

function pathOf({ id }: Kernel, cache: string): string {
  return join(rowsFolder(cache), `${encodeURIComponent(id)}.json`);
}

/** What the row had last; nothing where that is forgotten or broken. Throws {@link Unread}. */
export async function readLast(
  kernel: Kernel,
  cache: string,
): Promise<Partial<Last>> {
  const path = pathOf(kernel, cache);
  const last = await readable(path, readJson<Partial<Last>>(path)) ?? {};
  const whole = last.pin !== undefined && isUsable(last.pin);
  return whole ? last : {};
}

/** Remembers what a row has now. */
export async function writeLast(
  kernel: Kernel,
  cache: string,
  last: Last,
): Promise<void> {
  await writeJson(pathOf(kernel, cache), last);
}
