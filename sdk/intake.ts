/**
 * What comes out of the kernel: made events, put in order where that is asked
 * for, and queued where nobody takes it at once.
 *
 * @module
 */

import { monotonicNs } from "../ffi/clock.ts";
import { Loan } from "../ffi/sample.ts";
import type { Lane } from "./lane.ts";
import type { Merge, OrderStats } from "./merge.ts";
import type { Port } from "./port.ts";
import type { Ports } from "./ports.ts";
import { Queue } from "./queue.ts";
import type { Reader } from "./reader.ts";

/** How long {@linkcode Intake.sweep} runs behind a flood. */
const mostTurns = 64;

/** Takes an event of a stream. */
type Take<T> = (event: T, lane: Lane<T>) => void;

/** An event with its stream, as the merge holds it. */
export type Arrived<T> = readonly [event: T, lane: Lane<T>];

/** What an intake is made of. */
export interface IntakeParts<T> {
  readonly reader: Reader;
  readonly ports: Ports;
  /** The streams, in the order that ports number them in. */
  readonly lanes: readonly Lane<T>[];
  /** Holds events until their turn in time has come. */
  readonly merge?: Merge<Arrived<T>>;
}

/** A reader with its streams and its queue. */
export class Intake<T> {
  readonly #parts: IntakeParts<T>;
  readonly #queue = new Queue<T>();
  readonly #loan = new Loan();
  readonly #began = monotonicNs();
  readonly #failures: unknown[] = [];

  /** Nothing is taken yet. */
  constructor(parts: IntakeParts<T>) {
    this.#parts = parts;
  }

  /** Events that wait for a consumer. */
  get queued(): number {
    return this.#queue.length;
  }

  /** In how many ms an event that is held may go out; never, if none is. */
  get dueMs(): number {
    const { merge } = this.#parts;
    return merge === undefined ? Infinity : (merge.due - this.#now()) / 1e6;
  }

  /** What the merge did, if there is one. */
  get order(): OrderStats | undefined {
    return this.#parts.merge?.stats;
  }

  /**
   * Turns into the queue until one took all that there was, which it answers;
   * a flood may be faster.
   */
  sweep(): boolean {
    for (let turn = 0; turn < mostTurns; turn++) {
      if (this.#fill()) return true;
    }
    return false;
  }

  /**
   * True when the queue has events, after a turn if need be. Throws what a
   * decoder threw, behind the events that came before.
   */
  pull(): boolean {
    this.renew();
    if (this.#queue.length === 0 && this.#failures.length === 0) this.#fill();
    if (this.#queue.length > 0) return true;
    this.#fail();
    return false;
  }

  /** Ends the loan of what was handed out, if nothing that shares it is queued. */
  renew(): void {
    if (this.#queue.length === 0) this.#loan.end();
  }

  /** Takes the first event out of the queue, which must hold one; it is delivered now. */
  next(): T {
    return this.#queue.next();
  }

  /** Takes all events out of the queue; they are delivered now. */
  all(): T[] {
    return this.#queue.all();
  }

  /**
   * Hands `take` what the queue holds, then one turn; true if there was any
   * event. What `take` throws ends it; the events behind stay where they are.
   */
  push(take: (event: T) => void): boolean {
    const any = this.#queue.length > 0;
    this.#queue.each(take);
    this.#fail();
    const { merge } = this.#parts;
    if (merge === undefined) return this.#pushTurn(take) || any;
    let merged = false;
    this.#mergedTurn(merge, (event, lane) => {
      merged = true;
      lane.deliver(event, take);
    });
    return merged || any;
  }

  /** The shortest way: nothing lies between the record and `take`. True if there was any. */
  #pushTurn(take: (event: T) => void): boolean {
    const { reader, lanes } = this.#parts;
    if (reader.busy) return false;
    reader.turn(
      (port, most) => (lanes[port.stream] as Lane<T>).push(port, take, most),
      () => {},
    );
    return reader.taken > 0;
  }

  /** One turn into the queue; true if it took all that there was. */
  #fill(): boolean {
    const { merge } = this.#parts;
    try {
      return merge === undefined
        ? this.#queueTurn()
        : this.#mergedTurn(merge, (event, lane) => {
          this.#queue.push(event, lane);
        });
    } catch (error) {
      this.#failures.push(error);
      return false;
    }
  }

  /** Throws the first failure that nobody was told of. */
  #fail(): void {
    if (this.#failures.length > 0) throw this.#failures.shift();
  }

  /** Nothing is taken where a turn is under way already. */
  #queueTurn(): boolean {
    const { reader, lanes } = this.#parts;
    if (reader.busy) return false;
    return reader.turn((port, most) => {
      const lane = lanes[port.stream] as Lane<T>;
      return port.drain((sample) => {
        this.#queue.push(lane.receive(sample, this.#loan), lane);
      }, most);
    }, () => {});
  }

  /** The same by way of the merge. */
  #mergedTurn(merge: Merge<Arrived<T>>, take: Take<T>): boolean {
    const { reader, ports, lanes } = this.#parts;
    if (reader.busy) return false;
    const now = this.#now();
    const hold = (port: Port, most: number): boolean => {
      const lane = lanes[port.stream] as Lane<T>;
      return port.drain((sample) => {
        const event = lane.receive(sample, this.#loan);
        const stamp = sample.getBigUint64(lane.stampAt ?? 0);
        const told = Number(stamp - this.#began);
        // No event is of the future, whatever its stamp says: none is held for ever.
        const time = told > now ? Math.min(told, this.#now()) : told;
        port.seenUntil = Math.max(port.seenUntil, time);
        merge.hold([event, lane], time, now);
      }, most);
    };
    const whole = reader.turn(hold, (port) => {
      port.seenUntil = Math.max(port.seenUntil, now);
    });
    const seen = Math.min(...ports.all.map(({ seenUntil }) => seenUntil));
    for (let held; (held = merge.release(seen, now)) !== undefined;) {
      take(...held.event);
    }
    return whole;
  }

  /** ns since this intake began. */
  #now(): number {
    return Number(monotonicNs() - this.#began);
  }
}
