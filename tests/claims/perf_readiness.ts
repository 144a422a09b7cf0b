/**
 * W6: how often a perf buffer says that it is readable.
 *
 * An event and an epoll of the claim's own are ffi/, which mod.ts does not hand
 * on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { Epoll, ready } from "../../ffi/epoll.ts";
import { Waiter } from "../../ffi/wait.ts";
import { type Claim, claim, type Json, type Lab } from "../claim.ts";
import { openBurst, Pinned, send } from "./burst.ts";
import { epolls } from "./fd_links.ts";
import { RawPerf } from "./raw_perf.ts";
import { patienceMs, soon } from "./woken.ts";

/** Bytes of each event. */
const eventBytes = 20;

/** W6. */
export const perfReadiness: readonly Claim[] = [
  claim({
    id: "W6",
    title:
      "Perf: readiness is one-shot, and data from before the subscription is never signalled. The SDK delivers it all the same",
    source: "kernel/events/core.c, perf_poll: it takes rb->poll away",
    prove: async (lab) => {
      const oneShot = await oneReadiness(lab);
      const early = await beforeSubscription(lab);
      const sdk = await deliveredAllTheSame(lab);
      lab.evidence({ oneShot, early, sdk });
    },
  }),
];

/** Of one event poll(2) tells once, although it is still there to be read. */
async function oneReadiness(lab: Lab): Promise<boolean[]> {
  using perf = RawPerf.open(lab, { pages: 1 });
  using waiter = new Waiter();
  const asked = (): Promise<boolean> => waiter.readable(perf.event.fd, 0);
  await soon(perf.event.fd, () => perf.send(eventBytes));
  const answers = [await asked()];
  perf.send(eventBytes);
  answers.push(await waiter.readable(perf.event.fd, patienceMs), await asked());
  assert.deepEqual(answers, [false, true, false]);
  return answers;
}

/** An epoll that is told of the event behind its data is silent until more comes. */
async function beforeSubscription(lab: Lab): Promise<Json> {
  using perf = RawPerf.open(lab, { pages: 1 });
  using epoll = new Epoll();
  perf.send(eventBytes);
  epoll.add(perf.event.fd);
  const told = ready(epoll.fd);
  const moreMs = await soon(epoll.fd, () => perf.send(eventBytes));
  assert.ok(!told, "data from before the subscription is signalled");
  return { told, moreMs };
}

/** The stream's readiness is taken away behind its back: it has the events all the same. */
async function deliveredAllTheSame(lab: Lab): Promise<Json> {
  using cpus = new Pinned();
  cpus.to(cpus.low); // one CPU, one readiness
  const before = new Set(epolls());
  await using events = await openBurst(lab, { transport: "perf" });
  const own = epolls().filter((fd) => !before.has(fd));
  assert.equal(own.length, 1, "the stream has another number of epolls");
  send(events.object, "perf", 3);
  using waiter = new Waiter();
  const [fd = -1] = own;
  const stolen = await waiter.readable(fd, patienceMs);
  const left = ready(fd);
  const next = await events.next({ timeoutMs: patienceMs });
  const rest = events.drain().length;
  assert.ok(stolen && !left);
  assert.equal(next.is, "event");
  assert.equal(rest, 2);
  return { stolen, left, delivered: 1 + rest };
}
