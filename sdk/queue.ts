/**
 * Events that wait for a consumer.
 *
 * @module
 */

import type { Lane } from "./lane.ts";

/** First in, first out; who takes an event has it delivered. */
export class Queue<T> {
  #events: T[] = [];
  #lanes: Lane<T>[] = [];
  #head = 0;

  /** How many there are. */
  get length(): number {
    return this.#events.length - this.#head;
  }

  /** Puts an event of a stream behind the others. */
  push(event: T, lane: Lane<T>): void {
    this.#events.push(event);
    this.#lanes.push(lane);
  }

  /** Takes the first one; there must be one. */
  next(): T {
    const event = this.#events[this.#head] as T;
    (this.#lanes[this.#head] as Lane<T>).count();
    if (++this.#head === this.#events.length) this.#clear();
    return event;
  }

  /** Takes all of them. */
  all(): T[] {
    const events = this.#head === 0
      ? this.#events
      : this.#events.slice(this.#head);
    for (const lane of this.#lanes.slice(this.#head)) lane.count();
    this.#clear();
    return events;
  }

  /**
   * Calls `take` with the first one, which must be there, and with others until it
   * has enough; what it throws leaves those behind that one.
   */
  each(take: (event: T) => void, isEnough: () => boolean): void {
    do {
      const lane = this.#lanes[this.#head] as Lane<T>;
      const event = this.#events[this.#head] as T;
      if (++this.#head === this.#events.length) this.#clear();
      lane.deliver(event, take);
    } while (this.length > 0 && !isEnough());
  }

  #clear(): void {
    this.#events = [];
    this.#lanes = [];
    this.#head = 0;
  }
}
