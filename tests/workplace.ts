/**
 * A folder for what is too large for /tmp, and the programs that work in it: all of them end with
 * this process, or with a signal, and then the folder is removed.
 *
 * @module
 */
import { killedBy, tied } from "../kernels/tied.ts";

/** How often, and how far apart, it is tried to remove what killed processes still hold. */
const tries = 50;
const pauseMs = 100;

/** How a program is run. */
export interface Manner {
  /** Beside this process's own environment. */
  readonly env?: Record<string, string>;
  readonly stdin?: "inherit" | "null";
  readonly stdout?: "inherit" | "null";
}

/** A folder in /var/tmp; dispose it to remove it. */
export class Workplace implements AsyncDisposable {
  /** The path of the folder. */
  readonly path: string;
  readonly #signal: AbortSignal;

  private constructor(path: string, signal: AbortSignal) {
    this.path = path;
    this.#signal = signal;
  }

  /** Makes an empty one; the signal ends what is run. */
  static async open(prefix: string, signal: AbortSignal): Promise<Workplace> {
    signal.throwIfAborted();
    const dir = "/var/tmp";
    return new Workplace(await Deno.makeTempDir({ dir, prefix }), signal);
  }

  /**
   * Runs a program to its end; its status.
   *
   * @throws the signal's reason when it is aborted.
   */
  async run(
    command: readonly string[],
    { env = {}, stdin = "inherit", stdout = "inherit" }: Manner = {},
  ): Promise<number> {
    this.#signal.throwIfAborted();
    const [program = "", ...args] = tied(command);
    const child = new Deno.Command(program, {
      ...{ args, env, stdin, stdout },
      // Ctrl-C at the terminal is for this process, which ends what it started.
      detached: true,
    }).spawn();
    using _end = killedBy(this.#signal, child);
    const { code } = await child.status;
    this.#signal.throwIfAborted();
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (let left = tries; left > 0; left--) {
      try {
        return await Deno.remove(this.path, { recursive: true });
      } catch (error) {
        if (left === 1) throw error;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  }
}
