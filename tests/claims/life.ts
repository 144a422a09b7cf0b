/**
 * T: what ends with a stream.
 *
 * A program that outlives its object is ffi/kept_program.ts, and the kernel's ids
 * are ffi/kernel_id.ts, which mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { setImmediate } from "node:timers/promises";
import { isThere, kernelId } from "../../ffi/kernel_id.ts";
import { KeptProgram } from "../../ffi/kept_program.ts";
import { type BpfObject, KernelMap, type Transport } from "../../mod.ts";
import { type Claim, claim, type Json, type Lab } from "../claim.ts";
import { openBurst, send } from "./burst.ts";
import { countedIn } from "./counted.ts";
import { holdings } from "./holdings.ts";
import { transports } from "./transports.ts";
import { requireTestRun } from "./trigger.ts";
import { patienceMs } from "./woken.ts";

const { ENOENT } = constants.errno;

/** Events that are sent when the stream is closed. */
const later = 5;

/** The ids of what an object has loaded. */
function idsOf(object: BpfObject, transport: Transport): [Kind, number][] {
  const maps = ["count", transport].map((name) => object.map(`events_${name}`));
  return [
    ...maps.map(({ fd }): [Kind, number] => ["map", kernelId(fd)]),
    ["prog", kernelId(object.program(`burst_${transport}`).fd)],
  ];
}

type Kind = "map" | "prog";

/** Waits until the kernel has let go of what nobody holds; a grace period may be in between. */
async function gone(ids: readonly [Kind, number][]): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  while (ids.some(([kind, id]) => isThere(kind, id))) {
    if (performance.now() > deadline) return false;
    await setImmediate();
  }
  return true;
}

/** Sends events after the close, and asserts that only their program counted them: perf has nobody listening, a ring takes them in. */
function sendToNobody(
  program: KeptProgram,
  account: KernelMap,
  transport: Transport,
): number {
  const before = countedIn(account);
  const answer = program.testRun({ repeat: later }).result;
  const { attempted, accepted, noSlot } = before;
  const ring = transport === "ring";
  assert.equal(answer, ring ? 0 : -ENOENT);
  assert.deepEqual(countedIn(account), {
    ...before,
    attempted: attempted + later,
    ...ring ? { accepted: accepted + later } : { noSlot: noSlot + later },
  });
  return answer;
}

/** Closes a stream under its waiter; events that are sent afterwards are nobody's. */
async function closeStream(lab: Lab, transport: Transport): Promise<Json> {
  const before = holdings();
  const events = await openBurst(lab, { transport });
  const ids = idsOf(events.object, transport);
  const program = new KeptProgram(events.object.program(`burst_${transport}`));
  const account = KernelMap.fromFd(events.object.map("events_count").fd);
  send(events.object, transport, 3);
  assert.equal(events.drain().length, 3);
  const waiting = events.next();
  await setImmediate();
  const began = performance.now();
  await events.close();
  const { is } = await waiting;
  const closeMs = Math.round(performance.now() - began);
  const last = events.stats();
  const answer = sendToNobody(program, account, transport);
  assert.equal(is, "closed");
  assert.deepEqual(events.stats(), last);
  assert.deepEqual([last.attempted, last.delivered, last.lost], [3, 3, 0]);
  assert.ok(isThere(...ids[2] as [Kind, number]), "the program is gone");
  program.close();
  account.close();
  assert.ok(await gone(ids), "the kernel still has a map or the program");
  assert.deepEqual(holdings(), before);
  return { waiter: is, closeMs, later: answer, ids: ids.map(([kind]) => kind) };
}

/** T3. */
export const life: readonly Claim[] = [
  claim({
    id: "T3",
    title:
      "A closed stream: the waiter is released, later events are counted as lost to nobody, nothing leaks (fds, maps, programs as before)",
    source: "Ringside's promise (sdk/events.ts)",
    prove: async (lab) => {
      requireTestRun();
      for (const transport of transports()) {
        lab.evidence({ [transport]: await closeStream(lab, transport) });
      }
    },
  }),
];
