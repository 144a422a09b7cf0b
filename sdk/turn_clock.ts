/**
 * Whether a turn's time is over, without a look at the clock for each event.
 *
 * @module
 */

import { monotonicMs } from "../ffi/clock.ts";

/** Looks are so many events apart, at most, unless it is told. */
const defaultApart = 64;

/** Where events take longer than this between two looks, the next one is watched, ms. */
const slowMs = 1;

/** Counts events and looks at the clock the more often the slower they are. */
export class TurnClock {
  readonly #maxMs: number;
  readonly #mostApart: number;
  #until = 0;
  #looked = 0;
  #apart = 1;
  #left = 1;
  #over = false;

  /** A turn takes `maxMs` at most, as far as events end in time. */
  constructor(maxMs: number, mostApart: number = defaultApart) {
    this.#maxMs = maxMs;
    this.#mostApart = mostApart;
  }

  /** A turn begins. */
  start(): void {
    this.#looked = monotonicMs();
    this.#until = this.#looked + this.#maxMs;
    this.#apart = this.#left = 1;
    this.#over = false;
  }

  /** Events until the next look. */
  get left(): number {
    return this.#left;
  }

  /** Whether the last look found that the time is over; so it stays until the next turn. */
  get isOver(): boolean {
    return this.#over;
  }

  /** Other events have been taken: whether they were the last ones. */
  pass(events: number): boolean {
    this.#left -= events;
    if (this.#left <= 0 && !this.#over) this.#over = this.#look();
    return this.#over;
  }

  #look(): boolean {
    const now = monotonicMs();
    this.#apart = now - this.#looked > slowMs
      ? 1
      : Math.min(this.#mostApart, 2 * this.#apart);
    this.#looked = now;
    this.#left = this.#apart;
    return now >= this.#until;
  }
}
