/**
 * Events that a stream hands out one by one.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Events } from "../../mod.ts";
import { patienceMs } from "./woken.ts";

/** The next `count` events that are `wanted`, in the order in which they come; others may lie in between. */
export async function nextEvents<T>(
  events: Events<T>,
  count: number,
  wanted: (event: T) => boolean = () => true,
): Promise<T[]> {
  const taken: T[] = [];
  while (taken.length < count) {
    const next = await events.next({ timeoutMs: patienceMs });
    assert.ok(next.is === "event", `${taken.length} of ${count} events came`);
    if (wanted(next.event)) taken.push(next.event);
  }
  return taken;
}
