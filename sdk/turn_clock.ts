/**
 * Whether a turn's time is over, without a look at the clock for each event.
 *
 * @module
 */

/** Looks are so many events apart, at most. */
const mostApart = 64;

/** Where events take longer than this between two looks, the next one is watched, ms. */
const slowMs = 1;

/** Counts events and looks at the clock the more often the slower they are. */
export class TurnClock {
  readonly #maxMs: number;
  #until = 0;
  #looked = 0;
  #apart = 1;
  #left = 1;
  #over = false;

  /** A turn takes `maxMs` at most, as far as events end in time. */
  constructor(maxMs: number) {
    this.#maxMs = maxMs;
  }

  /** A turn begins. */
  start(): void {
    this.#looked = performance.now();
    this.#until = this.#looked + this.#maxMs;
    this.#apart = this.#left = 1;
    this.#over = false;
  }

  /** Another event has been taken: whether that was the last one; so it stays until the next turn. */
  isOver(): boolean {
    if (--this.#left <= 0 && !this.#over) this.#over = this.#look();
    return this.#over;
  }

  #look(): boolean {
    const now = performance.now();
    this.#apart = now - this.#looked > slowMs
      ? 1
      : Math.min(mostApart, 2 * this.#apart);
    this.#looked = now;
    this.#left = this.#apart;
    return now >= this.#until;
  }
}
