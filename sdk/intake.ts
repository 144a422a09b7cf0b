/**
 * What comes out of the kernel: decoded, counted, and queued where nobody takes
 * it at once.
 *
 * @module
 */

import { BpfError } from "../ffi/error.ts";
import type { Sample } from "../ffi/sample.ts";
import type { Reader } from "./reader.ts";
import type { Seen } from "./stats.ts";

/** How long {@linkcode Intake.sweep} runs behind a flood. */
const mostTurns = 64;

/**
 * A reader with its decoder and its queue. No event is dropped by an exception:
 * libbpf's drain of a perf buffer cannot be stopped, so what was thrown at one
 * event is kept until the turn is over, and the rest is queued.
 */
export class Intake<T> {
  readonly #reader: Reader;
  readonly #decode: (sample: Sample) => T;
  readonly #name: string;
  readonly #queue: T[] = [];
  #received = 0;
  #delivered = 0;
  #undecodable = 0;
  #bytes = 0;

  /** `name` is the stream's, for errors. */
  constructor(
    reader: Reader,
    decode: (sample: Sample) => T,
    name: string,
  ) {
    this.#reader = reader;
    this.#decode = decode;
    this.#name = name;
  }

  /** Events that wait for a consumer. */
  get queued(): number {
    return this.#queue.length;
  }

  /** The account of what was seen; `silent` is not this side's to know. */
  seen(): Omit<Seen, "silent"> {
    return {
      received: this.#received,
      delivered: this.#delivered,
      undecodable: this.#undecodable,
      bytes: this.#bytes,
      drains: this.#reader.drains,
      wakeups: this.#reader.wakeups,
    };
  }

  /** One turn into the queue; true if it took all that there was. */
  fill(): boolean {
    return this.#turn((event) => void this.#queue.push(event));
  }

  /**
   * Turns into the queue until one took all that there was, which it answers;
   * a flood may be faster.
   */
  sweep(): boolean {
    for (let turn = 0; turn < mostTurns; turn++) {
      if (this.fill()) return true;
    }
    return false;
  }

  /** True when the queue has events, after a turn if need be. */
  pull(): boolean {
    if (this.#queue.length === 0) this.fill();
    return this.#queue.length > 0;
  }

  /** Takes the first event out of the queue, which must hold one; it is delivered now. */
  next(): T {
    this.#delivered++;
    return this.#queue.shift() as T;
  }

  /** Takes all events out of the queue; they are delivered now. */
  all(): T[] {
    this.#delivered += this.#queue.length;
    return this.#queue.splice(0);
  }

  /** Hands `take` what the queue holds, then one turn; true if there was any event. */
  push(take: (event: T) => void): boolean {
    const before = this.#delivered;
    while (this.#queue.length > 0) this.#call(take, this.next());
    let failure: unknown;
    this.#turn((event) => {
      if (failure !== undefined) return void this.#queue.push(event);
      this.#delivered++;
      try {
        this.#call(take, event);
      } catch (error) {
        failure = error;
      }
    });
    if (failure !== undefined) throw failure;
    return this.#delivered > before;
  }

  #call(take: (event: T) => void, event: T): void {
    try {
      take(event);
    } catch (error) {
      throw new BpfError(
        `go on behind event ${this.#delivered} of stream "${this.#name}"`,
        { cause: `its consumer threw ${error}`, thrown: error },
      );
    }
  }

  /** Nothing is taken where a turn is under way already. */
  #turn(sink: (event: T) => void): boolean {
    if (this.#reader.busy) return false;
    let failure: unknown;
    const whole = this.#reader.turn((sample) => {
      this.#received++;
      this.#bytes += sample.size;
      try {
        sink(this.#decode(sample));
      } catch (error) {
        this.#undecodable++;
        failure ??= error;
      }
    });
    if (failure !== undefined) throw failure;
    return whole;
  }
}
