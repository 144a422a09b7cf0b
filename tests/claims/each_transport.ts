/**
 * A proof on each transport that the kernel has.
 *
 * @module
 */

import type { Events, OpenOptions } from "../../mod.ts";
import type { Json, Lab } from "../claim.ts";
import { type BurstEvent, openBurst, send } from "./burst.ts";
import { transports } from "./transports.ts";

/** The producer with its stream. */
export type Burst = Events<BurstEvent>;

/** Runs `prove` on each transport that this kernel has, with a fresh stream. */
export async function onEach(
  lab: Lab,
  prove: (events: Burst) => Promise<Json>,
  options: Omit<OpenOptions, "transport"> = {},
): Promise<void> {
  for (const transport of transports()) {
    await using events = await openBurst(lab, { transport, ...options });
    lab.evidence({ [transport]: await prove(events) });
  }
}

/** Sends events with the stream's own producer; answers what the last one returned. */
export const burst = (
  { object, transport }: Pick<Burst, "object" | "transport">,
  count: number,
): number => send(object, transport, count);

/** An event's number. */
export const number = (event: BurstEvent): number => Number(event.sequence);
