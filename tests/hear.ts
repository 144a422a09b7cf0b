/**
 * Hears one machine out, whichever driver it is of.
 *
 * @module
 */
import { heed } from "../kernels/interruption.ts";
import { Unavailable } from "../kernels/kernel.ts";
import type { MachineEvent } from "../kernels/machine.ts";
import type { Ending, Listener } from "./errand.ts";
import type { Terms } from "./plan.ts";
import type { Watcher } from "./progress.ts";
import { cancelled, since } from "./row.ts";
import { quote } from "./transcript.ts";

/** Who is heard, by whom, and who watches. */
export interface Hearing {
  readonly row: string;
  /** The release of its kernel, where that is known before it says so. */
  readonly release: string | null;
  readonly listener: Listener;
  readonly watch: Watcher;
  readonly signal: Terms["signal"];
}

/** How a machine came to run, and when; as far as it came. */
export interface Beginning {
  /** From nothing, or brought back from where an earlier one was frozen. */
  readonly start?: "cold" | "warm";
  readonly bootMs?: number;
  /** From its being up to its program's first line. */
  readonly startMs?: number;
  /** Before bootMs, where the one that was brought back had to be made. */
  readonly freezeMs?: number;
  /** What was odd about it. */
  readonly notes: readonly string[];
}

/** A machine's beginning and its end. */
export interface Life extends Beginning {
  readonly ending: Ending;
}

/**
 * Listens to a machine's events up to its end; an error of the driver is an end, too.
 *
 * @throws {Unavailable} when there is no machine to hear.
 */
export async function hearOut(
  events: AsyncIterable<MachineEvent>,
  hearing: Hearing,
): Promise<Life> {
  const clock = new Clock();
  const life = async (ending: Ending): Promise<Life> => ({
    ending: await heeded(ending, hearing.signal),
    ...clock.beginning,
  });
  try {
    for await (const event of events) {
      clock.take(event);
      const ending = take(event, hearing) ?? impostor(hearing);
      if (ending !== undefined) return await life(ending);
    }
    return await life(lost("The machine ended without a word"));
  } catch (error) {
    // Its machine was never had: that is no end of it.
    if (error instanceof Unavailable) throw error;
    const why = error instanceof Error ? error.message : String(error);
    return await life(lost(why));
  }
}

/** Notes how and when a machine was up, and when its program first spoke. */
class Clock {
  #at: number | undefined;
  #beginning: Beginning = { notes: [] };

  take(event: MachineEvent): void {
    const { notes } = this.#beginning;
    if (event.type === "note") {
      this.#beginning = { ...this.#beginning, notes: [...notes, event.text] };
    }
    if (event.type === "up") {
      const { start = "cold", freezeMs } = event;
      const made = freezeMs === undefined ? {} : { freezeMs };
      const bootMs = Math.round(event.bootMs);
      this.#beginning = { notes, start, bootMs, ...made };
      this.#at = performance.now();
    }
    const isFirst = this.#beginning.startMs === undefined;
    if (event.type === "line" && isFirst && this.#at !== undefined) {
      this.#beginning = { ...this.#beginning, startMs: since(this.#at) };
    }
  }

  get beginning(): Beginning {
    return this.#beginning;
  }
}

/** Takes one event; returns the ending when it is one. */
function take(event: MachineEvent, hearing: Hearing): Ending | undefined {
  const { row, listener, watch } = hearing;
  switch (event.type) {
    case "up":
      watch({ is: "up", row, bootMs: event.bootMs });
      return undefined;
    case "line": {
      const step = listener.line(event.text);
      if (step !== undefined) watch({ is: "step", row, step });
      return undefined;
    }
    case "freezing":
    case "booting":
      watch({ is: event.type, row });
      return undefined;
    case "note":
      return undefined;
    case "exit":
      return { is: "exit", code: event.code, console: event.console };
    case "lost":
      return lost(event.why, event.console);
  }
}

/** A guest that is another kernel than its row's proves nothing about it. */
function impostor(hearing: Hearing): Ending | undefined {
  const { release, listener } = hearing;
  const name = listener.said.release ?? release;
  if (release === null || name === release) return undefined;
  const called = quote(name ?? "");
  return lost(
    `The guest calls itself ${called}, but its kernel is ${release}`,
  );
}

function lost(why: string, console = ""): Ending {
  return { is: "lost", why, console };
}

/** A machine that died because the user ended the run died of that. */
async function heeded(ending: Ending, signal: AbortSignal): Promise<Ending> {
  if (ending.is !== "lost") return ending;
  await heed(signal);
  return signal.aborted ? { ...ending, why: cancelled } : ending;
}
