/**
 * Who reads what: a buffer has one reader, whichever thread it is in.
 *
 * @module
 */

import { possibleCpus } from "../ffi/cpu.ts";
import { BpfError } from "../ffi/error.ts";
import { counters } from "./account.ts";

/** Memory that the readers of a stream share, to be handed to a Worker. */
export interface SeatMemory {
  /** A word for each buffer: 1 while somebody reads it; and one that says 1 when all is closed. */
  readonly taken: SharedArrayBuffer;
  /** For each stream what the former readers of its one ring have accounted for. */
  readonly accounted: SharedArrayBuffer;
}

/** Memory for that many streams, none of which is read. */
export function seatMemory(streams: number): SeatMemory {
  return {
    taken: new SharedArrayBuffer(4 * (1 + streams * (1 + possibleCpus()))),
    accounted: new SharedArrayBuffer(8 * streams * counters.length),
  };
}

/** The seats of one opening. */
export class Seats {
  readonly #words: Int32Array<SharedArrayBuffer>;

  /** Takes none yet. */
  constructor({ taken }: SeatMemory) {
    this.#words = new Int32Array(taken);
  }

  /** The opener closes: the descriptors that it shared are others' soon. */
  close(): void {
    Atomics.store(this.#words, 0, 1);
  }

  /** Throws when the opener has closed. */
  requireOpen(): void {
    if (Atomics.load(this.#words, 0) === 0) return;
    throw new BpfError("join the readers of a stream", {
      cause: "the stream that was shared is closed",
      remedy: "close it behind its Workers",
    });
  }

  /** Takes the buffer of a CPU, or the one ring of a stream, until it is disposed; throws if it is taken. */
  take(stream: number, cpu: number | undefined): Disposable {
    const seat = 1 + stream * (1 + possibleCpus()) +
      (cpu === undefined ? 0 : 1 + cpu);
    if (Atomics.compareExchange(this.#words, seat, 0, 1) === 0) {
      return {
        [Symbol.dispose]: () => void Atomics.store(this.#words, seat, 0),
      };
    }
    const what = cpu === undefined ? "the ring" : `the buffer of CPU ${cpu}`;
    throw new BpfError(`read ${what}`, {
      cause: "it has a reader already",
      remedy:
        "give each reader CPUs of its own, and open with cpus: [] to read none",
    });
  }
}
