/**
 * Hears one machine out, whichever driver it is of.
 *
 * @module
 */
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

/** A machine's end, when it was up, and how long after that its program spoke; if ever. */
export interface Life {
  readonly ending: Ending;
  readonly bootMs: number | undefined;
  readonly startMs: number | undefined;
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
  const life = (ending: Ending): Life => ({ ending, ...clock.times });
  try {
    for await (const event of events) {
      clock.take(event);
      const ending = take(event, hearing) ?? impostor(hearing);
      if (ending !== undefined) return life(ending);
    }
    return life(lost(hearing, "The machine ended without a word"));
  } catch (error) {
    // Its machine was never had: that is no end of it.
    if (error instanceof Unavailable) throw error;
    const why = error instanceof Error ? error.message : String(error);
    return life(lost(hearing, why));
  }
}

/** Notes when a machine was up and when its program first spoke. */
class Clock {
  #up: { readonly bootMs: number; readonly at: number } | undefined;
  #startMs: number | undefined;

  take(event: MachineEvent): void {
    if (event.type === "up") {
      const bootMs = Math.round(event.bootMs);
      this.#up = { bootMs, at: performance.now() };
    }
    if (event.type === "line" && this.#up) this.#startMs ??= since(this.#up.at);
  }

  get times(): Pick<Life, "bootMs" | "startMs"> {
    return { bootMs: this.#up?.bootMs, startMs: this.#startMs };
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
    case "exit":
      return { is: "exit", code: event.code, console: event.console };
    case "lost":
      return lost(hearing, event.why, event.console);
  }
}

/** A guest that is another kernel than its row's proves nothing about it. */
function impostor(hearing: Hearing): Ending | undefined {
  const { release, listener } = hearing;
  const name = listener.said.release ?? release;
  if (release === null || name === release) return undefined;
  const called = quote(name ?? "");
  return lost(
    hearing,
    `The guest calls itself ${called}, but its kernel is ${release}`,
  );
}

/** A machine that died because the user ended the run died of that. */
function lost({ signal }: Hearing, why: string, console = ""): Ending {
  return { is: "lost", why: signal.aborted ? cancelled : why, console };
}
