/**
 * The flight recorder: buffers whose oldest events give way to the youngest.
 *
 * @module
 */

import { Loan } from "../ffi/sample.ts";
import type { Lane } from "./lane.ts";
import type { EventsParts } from "./parts.ts";

/** Reads what the buffers hold, and leaves it there. */
export class Recorder<T> {
  readonly #parts: EventsParts<T>;
  readonly #loan = new Loan();

  /** The parts were opened in overwrite mode. */
  constructor(parts: EventsParts<T>) {
    this.#parts = parts;
  }

  /** The events of all buffers, one buffer's behind the other's, or by their stamps. */
  snapshot(): T[] {
    const { ports, lanes, options } = this.#parts;
    const ordered = options.order === "timestamp";
    const taken: (readonly [time: bigint, event: T])[] = [];
    this.#loan.end();
    for (const port of ports.all) {
      const lane = lanes[port.stream] as Lane<T>;
      const { stampAt = 0 } = lane;
      port.snapshot((sample) => {
        const event = lane.read(sample, this.#loan);
        taken.push([ordered ? sample.getBigUint64(stampAt) : 0n, event]);
      });
    }
    if (ordered) taken.sort(([one], [other]) => one < other ? -1 : 1);
    return taken.map(([, event]) => event);
  }

  /** How many events a stream's buffers hold. */
  count(stream: number): number {
    let count = 0;
    for (const port of this.#parts.ports.all) {
      if (port.stream === stream) port.snapshot(() => void count++);
    }
    return count;
  }
}
