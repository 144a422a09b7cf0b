/**
 * A folder for what is too large for /tmp, and the programs that work in it: all of them end with
 * this process, or with a signal, and then the folder is removed; where this process was killed, by
 * the next one.
 *
 * @module
 */
import { openTemporary } from "../kernels/temporary.ts";
import { killedBy, tied } from "../kernels/tied.ts";
import type { Workshop } from "../kernels/workshop.ts";

/** How often, and how far apart, it is tried to remove what killed processes still hold. */
const tries = 50;
const pauseMs = 100;

/** How a program is run. */
export interface Manner {
  /** Beside this process's own environment. */
  readonly env?: Record<string, string>;
  readonly stdin?: "inherit" | "null";
}

/** A folder in one of this user's in /var/tmp; dispose it to remove it. */
export class Workplace implements AsyncDisposable {
  readonly #workshop: Workshop;
  readonly #signal: AbortSignal;

  private constructor(workshop: Workshop, signal: AbortSignal) {
    this.#workshop = workshop;
    this.#signal = signal;
  }

  /**
   * Makes an empty one, in `base`; the signal ends what is run.
   *
   * @throws {NoPlace} when it cannot be had.
   */
  static async open(
    signal: AbortSignal,
    base = "/var/tmp",
  ): Promise<Workplace> {
    signal.throwIfAborted();
    return new Workplace(await openTemporary(base), signal);
  }

  /** The path of the folder. */
  get path(): string {
    return this.#workshop.path;
  }

  /**
   * Runs a program to its end; its status.
   *
   * @throws the signal's reason when it is aborted.
   */
  async run(
    command: readonly string[],
    { env = {}, stdin = "inherit" }: Manner = {},
  ): Promise<number> {
    this.#signal.throwIfAborted();
    const [program = "", ...args] = tied(command);
    const child = new Deno.Command(program, {
      ...{ args, env, stdin },
      // Ctrl-C at the terminal is for this process, which ends what it started.
      detached: true,
    }).spawn();
    using _end = killedBy(this.#signal, child);
    const { code } = await child.status;
    this.#signal.throwIfAborted();
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await using workshop = this.#workshop; // It tries last, and says what is wrong.
    for (let left = tries; left > 0; left--) {
      try {
        return await Deno.remove(workshop.path, { recursive: true });
      } catch {
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  }
}
