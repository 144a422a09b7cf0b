/**
 * The results that a run prints, when stdout may take no more of them.
 *
 * @module
 */
import { unavailable } from "../kernels/exit.ts";
import { writeError, writeOut } from "./streams.ts";

/** Prints for a run that goes on to its reports where stdout takes no more. */
export class Printer {
  readonly #write: (text: string) => void;
  #status = 0;

  /** @param write throws where a text finds no place. */
  constructor(write: (text: string) => void = writeOut) {
    this.#write = write;
  }

  /** Prints, until a text finds no place: that is said once. */
  readonly print = (text: string): void => {
    if (this.#status !== 0) return;
    try {
      this.#write(text);
    } catch (error) {
      this.#status = unavailable;
      writeError(`${error instanceof Error ? error.message : error}\n`);
    }
  };

  /** The exit status of a run that would have this one, had all been printed. */
  readonly statusOf = (status: number): number => status || this.#status;
}
