/**
 * Hears a guest out, from its start to its end.
 *
 * @module
 */
import type { Guest } from "./guest.ts";
import type { MachineEvent, MachineOptions } from "./machine.ts";
import { MonitorGone } from "./monitor.ts";
import { TooMuch } from "./stdout.ts";

/** What a guest is told, and what ends it. */
export type Terms = Pick<MachineOptions, "order" | "signal">;

/** What a guest does and says, to its end; when it waits for its order it gets it. */
export async function* hear(
  guest: Guest,
  terms: Terms,
): AsyncGenerator<MachineEvent> {
  yield* fromBoot(guest, terms, async () => {
    await guest.order(terms.order ?? [], { brings: false });
    return false;
  });
}

/** A program that comes later comes through two of them. */
const noPorts = "its kernel lets nobody use the machine's ports";

/**
 * What a guest does and says that is to be frozen where it waits for its order, by `freeze`.
 *
 * @returns whether it came so far; else it was heard to its end.
 */
export async function* hearUntilOrder(
  guest: Guest,
  terms: Terms,
  freeze: () => Promise<void>,
): AsyncGenerator<MachineEvent, boolean> {
  return yield* fromBoot(guest, terms, async (report) => {
    if (report !== "ready") throw new Error(noPorts);
    await freeze();
    return true;
  });
}

/** What a guest does and says from its boot on; `ready`, told how it waits, whether that is its end. */
async function* fromBoot(
  guest: Guest,
  terms: Terms,
  ready: (report: string) => Promise<boolean>,
): AsyncGenerator<MachineEvent, boolean> {
  return yield* untilEnd(
    guest,
    terms,
    async function* (): AsyncGenerator<MachineEvent, boolean> {
      for await (const line of guest.lines()) {
        const { text, report } = guest.split(line);
        if (text !== undefined) yield { type: "line", text };
        if (report === "up" && !guest.isUp) {
          yield { type: "up", bootMs: guest.up() };
        } else if (report === "ready" || report === "ready 0") {
          if (await ready(report)) return true;
        } else if (report) guest.over(report);
      }
      return false;
    },
  );
}

/**
 * The same of a guest that is brought back from `state`. Whatever reaches us before it answers to
 * its order it had said before it was frozen, and is left out.
 */
export async function* hearAgain(
  guest: Guest,
  terms: Terms,
  state: string,
): AsyncGenerator<MachineEvent> {
  yield* untilEnd(
    guest,
    terms,
    async function* (): AsyncGenerator<MachineEvent> {
      for await (
        const line of guest.lines(() => bringBack(guest, terms, state))
      ) {
        const { text, report } = guest.split(line);
        if (guest.isUp && text !== undefined) yield { type: "line", text };
        if (report === "go" && !guest.isUp) {
          yield { type: "up", start: "warm", bootMs: guest.up() };
        } else if (guest.isUp && report) guest.over(report);
      }
    },
  );
}

async function bringBack(
  guest: Guest,
  { order = [] }: Terms,
  state: string,
): Promise<void> {
  try {
    await (await guest.monitor()).thaw(state);
    await guest.order(order, { brings: true });
  } catch (error) {
    // Then the guest's end says it better.
    if (error instanceof MonitorGone) return;
    guest.lose(error instanceof Error ? error.message : String(error));
  }
}

/** The events, and behind them how the guest ended, unless they return that it is heard no more. */
async function* untilEnd(
  guest: Guest,
  { signal }: Terms,
  events: () => AsyncGenerator<MachineEvent, boolean | void>,
): AsyncGenerator<MachineEvent, boolean> {
  try {
    if (yield* events()) return true;
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    guest.lose(error.message);
  }
  await guest.ended();
  signal?.throwIfAborted();
  yield guest.verdict();
  return false;
}
