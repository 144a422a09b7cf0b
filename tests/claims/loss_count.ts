/**
 * L: the SDK's own count of lost events.
 *
 * @module
 */

import assert from "node:assert/strict";
import { probeRing, type Transport } from "../../mod.ts";
import { type Claim, claim, type Json, type Lab } from "../claim.ts";
import { openBurst, overfull, Pinned, send } from "./burst.ts";

/** Asks for the loss behind a burst, then drains, then asks again; nothing is sent in between. */
async function endOfBurst(lab: Lab, transport: Transport): Promise<Json> {
  const sent = overfull();
  using cpus = new Pinned();
  await using events = await openBurst(lab, {
    ...{ transport, ringBytes: 4096, perfPages: 1 },
  });
  cpus.to(cpus.high);
  send(events.object, transport, sent);
  const { attempted, lost, lostBy, pending } = events.stats();
  const delivered = events.drain().length;
  const afterwards = events.stats();
  assert.equal(attempted, sent);
  assert.ok(delivered > 0 && delivered < sent);
  assert.equal(lost, sent - delivered);
  assert.equal(pending, delivered);
  assert.equal(afterwards.lost, lost);
  assert.equal(afterwards.pending, 0);
  return { sent, lost, delivered, ...lostBy };
}

/** L5. */
export const lossCount: readonly Claim[] = [
  claim({
    id: "L5",
    title:
      "The SDK's loss count needs no later event: it is exact at the end of a burst, on both transports",
    source: "Ringside's promise (sdk/stats.ts)",
    prove: async (lab) => {
      if (probeRing().has) {
        lab.evidence({ ring: await endOfBurst(lab, "ring") });
      }
      lab.evidence({ perf: await endOfBurst(lab, "perf") });
    },
  }),
];
