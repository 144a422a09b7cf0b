/**
 * What comes out of the kernel: made events, put in order where that is asked
 * for, and queued where nobody takes it at once.
 *
 * @module
 */

import { monotonicNs } from "../ffi/clock.ts";
import { Loan, type Sample } from "../ffi/sample.ts";
import type { Lane } from "./lane.ts";
import type { Merge, OrderStats } from "./merge.ts";
import type { Port } from "./port.ts";
import type { Ports } from "./ports.ts";
import { Queue } from "./queue.ts";
import { mostEvents, type Reader } from "./reader.ts";
import { TurnClock } from "./turn_clock.ts";

/** How long {@linkcode Intake.sweep} runs behind a flood. */
const mostTurns = 64;

/** Takes an event of a stream. */
type Deliver<T> = (event: T, lane: Lane<T>) => void;

/** What the merge holds: an event, or what a borrowed one is made of when it is handed out. */
export type Arrived<T> = readonly [lane: Lane<T>, event: T, kept?: Sample];

/** What an intake is made of. */
export interface IntakeParts<T> {
  readonly reader: Reader;
  readonly ports: Ports;
  /** The streams, in the order that ports number them in. */
  readonly lanes: readonly Lane<T>[];
  /** How long a turn may take, ms. */
  readonly maxMs: number;
  /** Holds events until their turn in time has come. */
  readonly merge?: Merge<Arrived<T>>;
}

/** A reader with its streams and its queue. */
export class Intake<T> {
  readonly #parts: IntakeParts<T>;
  readonly #queue = new Queue<T>();
  readonly #clock: TurnClock;
  readonly #loan = new Loan();
  readonly #began = monotonicNs();
  #failure: { readonly thrown: unknown } | undefined;
  /** The merge has events that were to go out when their consumer had enough. */
  #heldUp = false;

  /** Nothing is taken yet. */
  constructor(parts: IntakeParts<T>) {
    this.#parts = parts;
    this.#clock = new TurnClock(parts.maxMs);
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
   * Turns into the queue until one took all that there was; a flood may be
   * faster, and a decoder's exception ends it.
   */
  sweep(): void {
    for (let turn = 0; turn < mostTurns; turn++) {
      if (this.#failure !== undefined || this.#fill()) return;
    }
  }

  /**
   * True when the queue has events, after a turn if need be. Throws what a
   * decoder threw, behind the events that came before.
   */
  pull(): boolean {
    this.renew();
    if (this.#queue.length === 0 && this.#failure === undefined) this.#fill();
    if (this.#queue.length > 0) return true;
    this.fail();
    return false;
  }

  /** Ends the loan of what was handed out, if nothing that shares it is queued. */
  renew(): void {
    if (this.#queue.length > 0) return;
    this.#loan.end();
    this.rest();
  }

  /** Timers and signals have had their turn. */
  rest(): void {
    this.#clock.start();
  }

  /** Takes the first event out of the queue, which must hold one; it is delivered now. */
  next(): T {
    return this.#queue.next();
  }

  /** Whether the events of this turn have taken so long that others come first. */
  isLong(): boolean {
    return this.#clock.pass(1);
  }

  /** Takes all events out of the queue; they are delivered now. */
  all(): T[] {
    return this.#queue.all();
  }

  /**
   * Hands `take` what the queue holds, or one turn; true if there was any event.
   * What `take` throws ends it; the events behind stay where they are.
   */
  push(take: (event: T) => void): boolean {
    if (this.#queue.length > 0) {
      const { reader } = this.#parts;
      this.rest();
      reader.cut = false;
      try {
        this.#queue.each(take, () => reader.cut || this.#clock.pass(1));
      } finally {
        if (this.#queue.length === 0) this.#loan.end();
      }
      return true;
    }
    this.fail();
    const { merge } = this.#parts;
    return merge === undefined
      ? this.#pushTurn(take)
      : this.#pushMerged(merge, take);
  }

  /** The shortest way: see {@linkcode Lane.push}. */
  #pushTurn(take: (event: T) => void): boolean {
    const { reader, lanes } = this.#parts;
    if (reader.busy) return false;
    reader.turn(
      (port, quota) => (lanes[port.stream] as Lane<T>).push(port, take, quota),
      () => {},
      mostEvents.pushed,
    );
    return reader.taken > 0;
  }

  #pushMerged(
    merge: Merge<Arrived<T>>,
    take: (event: T) => void,
  ): boolean {
    const { reader } = this.#parts;
    let any = false;
    this.#mergedTurn(merge, (event, lane) => {
      if (!any) this.rest();
      any = true;
      try {
        lane.deliver(event, take);
      } finally {
        this.#loan.end();
      }
    }, () => reader.cut || this.#clock.pass(1));
    return any;
  }

  /** Throws the failure that nobody was told of, if there is one. */
  fail(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.thrown;
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
    } catch (thrown) {
      this.#failure = { thrown };
      return false;
    }
  }

  /** Nothing is taken where a turn is under way already. */
  #queueTurn(): boolean {
    const { reader, lanes } = this.#parts;
    if (reader.busy) return false;
    return reader.turn((port, quota) => {
      const lane = lanes[port.stream] as Lane<T>;
      return port.drain((sample) => {
        this.#queue.push(lane.receive(sample, this.#loan), lane);
      }, quota);
    }, () => {});
  }

  /**
   * The same by way of the merge, until `take` has enough: the rest goes out
   * before anything else is taken, so that what is held has a bound.
   */
  #mergedTurn(
    merge: Merge<Arrived<T>>,
    take: Deliver<T>,
    isEnough: () => boolean = () => false,
  ): boolean {
    const { reader, ports } = this.#parts;
    if (reader.busy) return false;
    const now = this.#now();
    const heldUp = this.#heldUp;
    this.#heldUp = false;
    if (heldUp) reader.cut = false;
    const whole = !heldUp && this.#holdTurn(merge, now);
    const seen = Math.min(...ports.all.map(({ seenUntil }) => seenUntil));
    for (let held; (held = merge.release(seen, now)) !== undefined;) {
      const [lane, event, kept] = held.event;
      // So it is, too, where `take` throws.
      this.#heldUp = true;
      take(kept === undefined ? event : lane.read(kept, this.#loan), lane);
      this.#heldUp = isEnough();
      if (this.#heldUp) break;
    }
    return whole;
  }

  /** One turn into the merge; true if it took all that there was. */
  #holdTurn(merge: Merge<Arrived<T>>, now: number): boolean {
    return this.#parts.reader.turn(
      (port, quota) =>
        port.drain((sample) => this.#hold(merge, sample, port, now), quota),
      (port) => port.seenUntil = Math.max(port.seenUntil, now),
    );
  }

  #hold(
    merge: Merge<Arrived<T>>,
    sample: Sample,
    port: Port,
    now: number,
  ): void {
    const lane = this.#parts.lanes[port.stream] as Lane<T>;
    const event = lane.receive(sample);
    const stamp = sample.getBigUint64(lane.stampAt ?? 0);
    const told = Number(stamp - this.#began);
    // No event is of the future, whatever its stamp says: none is held for ever.
    const time = told > now ? Math.min(told, this.#now()) : told;
    port.seenUntil = Math.max(port.seenUntil, time);
    // What is lent is lent when it is handed out, and kept until then.
    const arrived: Arrived<T> = lane.lends
      ? [lane, event, sample.keep(new Loan())]
      : [lane, event];
    merge.hold(arrived, time, now);
  }

  /** ns since this intake began. */
  #now(): number {
    return Number(monotonicNs() - this.#began);
  }
}
