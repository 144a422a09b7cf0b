/**
 * The flight recorder: buffers whose oldest events give way to the youngest.
 *
 * @module
 */

import { gracePeriod } from "../ffi/grace_period.ts";
import { Loan } from "../ffi/sample.ts";
import type { Lane } from "./lane.ts";
import type { EventsParts } from "./parts.ts";
import type { Port } from "./port.ts";

/** Reads what the buffers hold, and leaves it there. */
export class Recorder<T> {
  readonly #parts: EventsParts<T>;
  readonly #loan = new Loan();
  readonly #gone: number[];

  /** The parts were opened in overwrite mode. */
  constructor(parts: EventsParts<T>) {
    this.#parts = parts;
    this.#gone = parts.lanes.map(() => 0);
  }

  /** The events of all buffers, one buffer's behind the other's, or by their stamps. */
  snapshot(): T[] {
    const { lanes, options } = this.#parts;
    const ordered = options.order === "timestamp";
    const taken: (readonly [time: bigint, event: T])[] = [];
    this.#loan.end();
    this.#each((port) => {
      const lane = lanes[port.stream] as Lane<T>;
      const { stampAt = 0 } = lane;
      let count = 0;
      port.snapshot((sample) => {
        const event = lane.read(sample, this.#loan);
        taken.push([ordered ? sample.getBigUint64(stampAt) : 0n, event]);
        count++;
      });
      return count;
    });
    if (ordered) taken.sort(([a], [b]) => a < b ? -1 : Number(a > b));
    return taken.map(([, event]) => event);
  }

  /** How many of a stream's events had given way when the buffers were last read. */
  gone(stream: number): number {
    return this.#gone[stream] ?? 0;
  }

  /** Finds out anew how many have given way. */
  count(): void {
    this.#each((port) => {
      let count = 0;
      port.snapshot(() => void count++);
      return count;
    });
  }

  /** Reads the buffers while nobody writes to those of perf: one pause for all of them. */
  #each(read: (port: Port) => number): void {
    const { ports, accounts, shared } = this.#parts;
    const there = accounts.map(() => 0);
    const pause = shared.transport === "perf" && !ports.paused;
    using undo = new DisposableStack();
    if (pause) {
      ports.turn("pause");
      undo.defer(() => void ports.turn("resume"));
    }
    if (shared.transport === "perf") gracePeriod();
    const accepted = accounts.map((account) => account.read().accepted);
    for (const port of ports.all) {
      there[port.stream] = (there[port.stream] ?? 0) + read(port);
    }
    accepted.forEach((count, stream) => {
      this.#gone[stream] = Math.max(0, count - (there[stream] ?? 0));
    });
  }
}
