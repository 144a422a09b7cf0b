/**
 * A proof on each transport that the kernel has.
 *
 * @module
 */

import {
  type Events,
  openEvents,
  type OpenOptions,
  probeRing,
  type Transport,
} from "../../mod.ts";
import type { Json, Lab } from "../claim.ts";
import { type BurstEvent, requireTestRun, send } from "./burst.ts";

/** Runs `prove` on each transport that this kernel has, with a fresh stream. */
export async function onEach(
  lab: Lab,
  prove: (events: Events<BurstEvent>) => Promise<Json>,
  options: OpenOptions = {},
): Promise<void> {
  requireTestRun();
  const transports: Transport[] = probeRing().has ? ["ring", "perf"] : ["perf"];
  for (const transport of transports) {
    await using events = await openEvents<BurstEvent>(lab.object("burst"), {
      ...{ attach: false, transport, ...options },
    });
    lab.evidence({ [transport]: await prove(events) });
  }
}

/** Sends events with the stream's own producer; answers what the last one returned. */
export const burst = (events: Events<BurstEvent>, count: number): number =>
  send(events.object, events.transport, count);

/** An event's number. */
export const number = (event: BurstEvent): number => Number(event.sequence);
