/**
 * R: the SDK's account of what was sent.
 *
 * @module
 */

import assert from "node:assert/strict";
import { probeRing, type Transport } from "../../mod.ts";
import { type Claim, claim, type Json, type Lab } from "../claim.ts";
import { openBurst, send } from "./burst.ts";

/** Sends a burst that no buffer holds, with a drain now and then. */
async function burst(lab: Lab, transport: Transport): Promise<Json> {
  const turns = { count: 4, events: 250 };
  await using events = await openBurst(lab, {
    ...{ transport, ringBytes: 4096, perfPages: 1 },
  });
  let delivered = 0;
  for (let turn = 0; turn < turns.count; turn++) {
    send(events.object, transport, turns.events);
    delivered += events.drain().length;
  }
  send(events.object, transport, turns.events);
  events.stats();
  delivered += events.drain().length;
  const attempted = (turns.count + 1) * turns.events;
  const stats = events.stats();
  assert.equal(stats.attempted, attempted);
  assert.equal(stats.delivered, delivered);
  assert.ok(delivered > 0 && stats.lost > 0);
  assert.equal(stats.delivered + stats.lost, attempted);
  assert.equal(stats.pending, 0);
  assert.equal(Math.min(stats.lostBy.full, stats.lostBy.silent), 0);
  assert.equal(send(events.object, transport, 3), 0);
  await events.close();
  const last = events.stats();
  assert.equal(last.lostBy.unread, 3);
  assert.equal(last.delivered + last.lost, last.attempted);
  return { attempted, delivered, lost: stats.lost, ...stats.lostBy };
}

/** R7. */
export const account: readonly Claim[] = [
  claim({
    id: "R7",
    title: "attempted = delivered + lost, under a burst, on both transports",
    source: "Ringside's promise (sdk/stats.ts)",
    prove: async (lab) => {
      const { has } = probeRing();
      if (has) lab.evidence({ ring: await burst(lab, "ring") });
      lab.evidence({ perf: await burst(lab, "perf") });
    },
  }),
];
