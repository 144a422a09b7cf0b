/**
 * U: Workers that read along, each a CPU.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Events } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";
import { firstWorker, withWorkers } from "./first_worker.ts";
import { Part, type Taken } from "./part.ts";
import {
  assertFlow,
  onStream,
  sendFrom,
  type StampedEvent,
  twoCpus,
} from "./stamped.ts";
import { requireTestRun } from "./trigger.ts";

/** Events for each CPU, and how many of them at a time. */
const [each, turn] = [100, 10];

/** Sends to two Workers in turn; what they took. */
async function takeBoth(
  events: Events<StampedEvent>,
  pair: readonly Part[],
): Promise<Taken[]> {
  const cpus = twoCpus();
  const shared = events.share();
  // At once: both open the object in the same moment.
  const reading = await Promise.all(
    pair.map((part, index) => part.read(shared, cpus[index] ?? 0, each)),
  );
  for (let sent = 0; sent < each; sent += turn) {
    for (const cpu of cpus) {
      assert.equal(sendFrom(cpu, events, "each", turn), 0);
    }
  }
  return await Promise.all(reading.map(({ end }) => end));
}

/** On each transport, by the same two Workers. */
async function drainBoth(lab: Lab): Promise<void> {
  using low = new Part();
  using high = new Part();
  await onStream(lab, "each", { cpus: [] }, async (events) => {
    const taken = await takeBoth(events, [low, high]);
    for (const { stats } of taken) assertFlow(stats, [each, each, 0, 0]);
    const all = taken.flatMap(({ sequences }) => sequences);
    assert.deepEqual([all.length, new Set(all).size], [2 * each, 2 * each]);
    return { taken: taken.map(({ sequences }) => sequences.length) };
  });
}

/** U26. */
export const workers: readonly Claim[] = [
  claim({
    id: "U26",
    title:
      "Workers that join drain a CPU each, all at once, with nothing lost or doubled, and each account is exact",
    source: "Ringside's promise (sdk/open.ts, joinEvents; docs/sdk.md)",
    prepare: firstWorker,
    prove: (lab) => {
      requireTestRun();
      return withWorkers(() => drainBoth(lab));
    },
  }),
];
