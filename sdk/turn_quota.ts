/**
 * How much one turn may take: so many events, for so long.
 *
 * @module
 */

import type { Quota } from "../ffi/quota.ts";
import { TurnClock } from "./turn_clock.ts";

/** The quota of a reader's turns. */
export class TurnQuota implements Quota {
  readonly #maxEvents: number | undefined;
  readonly #clock: TurnClock;
  #most = 0;
  #taken = 0;
  /** Whether whoever hands out events is to stop. */
  cut = false;

  /**
   * A turn takes `maxEvents` at most, if that is given, and `maxMs` as far as
   * events end in time.
   */
  constructor(maxEvents: number | undefined, maxMs: number) {
    this.#maxEvents = maxEvents;
    this.#clock = new TurnClock(maxMs);
  }

  /** A turn begins, of `most` events unless it was told. */
  start(most: number): void {
    this.#most = this.#maxEvents ?? most;
    this.#taken = 0;
    this.cut = false;
    this.#clock.start();
  }

  /** Events of this turn, or of the last one. */
  get taken(): number {
    return this.#taken;
  }

  /** Events until the next look; a record that is passed over counts as one. */
  get left(): number {
    return Math.min(this.#clock.left, this.#most - this.#taken);
  }

  /** Whether the turn is to end. */
  get isOver(): boolean {
    return this.cut || this.#taken >= this.#most || this.#clock.isOver;
  }

  /** So many more have been taken, and records passed over: whether the turn is to end. */
  took(events: number, passed: number): boolean {
    this.#taken += events;
    this.#clock.pass(events + passed);
    return this.isOver;
  }
}
