/**
 * R: the SDK's account of what was sent.
 *
 * The page's size is ffi/bpf_syscall.ts', which mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { pageSize } from "../../ffi/bpf_syscall.ts";
import type { Transport } from "../../mod.ts";
import { type Claim, claim, type Json, type Lab } from "../claim.ts";
import { openBurst, overfull, Pinned, send } from "./burst.ts";
import { transports } from "./transports.ts";

/** Events of a burst that 16 pages do not hold on either transport, or nearly do. */
const burstEvents = (): number => Math.ceil(2000 * pageSize() / 4096);

type Flow = Readonly<Record<string, Json>>;

/** Sends a burst that no buffer holds, with a drain now and then. */
async function burst(lab: Lab, transport: Transport): Promise<Flow> {
  const turns = { count: 4, events: overfull() };
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

/** Of a burst that nobody reads meanwhile, what is lost in buffers of so many pages. */
async function lostOfBurst(lab: Lab, transport: Transport): Promise<Json> {
  using cpus = new Pinned();
  cpus.to(cpus.low);
  const burst = burstEvents();
  const lost: [size: string, events: number][] = [];
  for (const pages of [1, 4, 16]) {
    await using events = await openBurst(lab, {
      ...{ transport, ringBytes: pages * pageSize(), perfPages: pages },
    });
    send(events.object, transport, burst);
    const kept = events.drain().length;
    const stats = events.stats();
    assert.equal(stats.attempted, burst);
    assert.equal(stats.lost, burst - kept);
    lost.push([`${pages * pageSize() / 1024} KiB`, stats.lost]);
  }
  const [small = 0, middle = 0, large = 0] = lost.map(([, events]) => events);
  assert.ok(small > middle && middle > large, `${small} ${middle} ${large}`);
  return Object.fromEntries(lost);
}

/** R7. */
export const account: readonly Claim[] = [
  claim({
    id: "R7",
    title: "attempted = delivered + lost, under a burst, on both transports",
    source: "Ringside's promise (sdk/stats.ts)",
    prove: async (lab) => {
      for (const transport of transports()) {
        const flow = await burst(lab, transport);
        const lost = await lostOfBurst(lab, transport);
        lab.evidence({ [transport]: { ...flow, lostOfBurst: lost } });
      }
    },
  }),
];
