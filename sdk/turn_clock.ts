/**
 * Whether a turn's time is over, without a look at the clock for each event.
 *
 * @module
 */

import { monotonicMs } from "../ffi/clock.ts";

/** Looks are so many events apart, at most: of the fastest ones, which take 3 ns each. */
const mostApart = 256;

/** How long the events between two looks are to take, ms: fifty times a look. */
const apartMs = 0.002;

/** Where a look takes longer than elsewhere (emulated, or a system call), so many times that. */
const lookTimes = 40;

/**
 * Counts events and looks at the clock the more often the slower they are: so
 * often that looks take a fortieth of the time. Events that turn slow all at once
 * are noticed behind those that the fast ones would have been.
 */
export class TurnClock {
  readonly #maxMs: number;
  readonly #now: () => number;
  /** What a look takes: the least of all, others were interrupted or not compiled yet. */
  #lookMs = Infinity;
  #until = 0;
  #looked = 0;
  #apart = 1;
  #left = 1;
  #over = false;

  /** A turn takes `maxMs` at most, as far as events end in time; by the clock `now`, ms. */
  constructor(maxMs: number, now: () => number = monotonicMs) {
    this.#maxMs = maxMs;
    this.#now = now;
    // So that the first turn knows two looks, of which one may be far too long.
    this.start();
  }

  /** A turn begins. */
  start(): void {
    const before = this.#now();
    this.#looked = this.#now();
    this.#lookMs = Math.min(this.#lookMs, this.#looked - before);
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
    const now = this.#now();
    this.#apart = this.#nextApart(now - this.#looked);
    this.#looked = now;
    this.#left = this.#apart;
    return now >= this.#until;
  }

  /** The last events took so many ms: their number at most doubles, and falls at once. */
  #nextApart(ms: number): number {
    const wantedMs = Math.max(apartMs, lookTimes * this.#lookMs);
    const wanted = Math.trunc(this.#apart * wantedMs / ms);
    return Math.max(1, Math.min(wanted, 2 * this.#apart, mostApart));
  }
}
