/**
 * T: what ends with a stream.
 *
 * Programs that outlive their object and the kernel's ids are ffi's, which mod.ts
 * does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { setImmediate } from "node:timers/promises";
import { isThere, kernelId } from "../../ffi/kernel_id.ts";
import { KeptProgram } from "../../ffi/kept_program.ts";
import { type BpfObject, probeRing, type Transport } from "../../mod.ts";
import { type Claim, claim, type Json, type Lab } from "../claim.ts";
import { openBurst, send } from "./burst.ts";
import { fdLinks } from "./fd_links.ts";
import { bufferMappings } from "./mappings.ts";
import { requireTestRun } from "./trigger.ts";
import { patienceMs } from "./woken.ts";

const { ENOENT } = constants.errno;

/** Descriptors and mappings of buffers that this process has, by kind. */
function holdings(): Record<string, number> {
  const kinds = [...fdLinks().values()]
    .filter((kind) => /bpf|btf|perf_event|eventpoll|eventfd/.test(kind));
  const counts: Record<string, number> = { mappings: bufferMappings().length };
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

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

/** Closes a stream under its waiter; events that are sent afterwards are nobody's. */
async function closeStream(lab: Lab, transport: Transport): Promise<Json> {
  const before = holdings();
  const events = await openBurst(lab, { transport });
  const ids = idsOf(events.object, transport);
  const program = new KeptProgram(events.object.program(`burst_${transport}`));
  send(events.object, transport, 3);
  assert.equal(events.drain().length, 3);
  const waiting = events.next();
  await setImmediate();
  const began = performance.now();
  await events.close();
  const { is } = await waiting;
  const closeMs = Math.round(performance.now() - began);
  const last = events.stats();
  const later = program.testRun({ repeat: 5 }).result;
  assert.equal(is, "closed");
  assert.equal(later, transport === "ring" ? 0 : -ENOENT);
  assert.deepEqual(events.stats(), last);
  assert.deepEqual([last.attempted, last.delivered, last.lost], [3, 3, 0]);
  assert.ok(isThere(...ids[2] as [Kind, number]), "the program is gone");
  program.close();
  assert.ok(await gone(ids), "the kernel still has a map or the program");
  assert.deepEqual(holdings(), before);
  return { waiter: is, closeMs, later, ids: ids.map(([kind]) => kind) };
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
      if (probeRing().has) {
        lab.evidence({ ring: await closeStream(lab, "ring") });
      }
      lab.evidence({ perf: await closeStream(lab, "perf") });
    },
  }),
];
