/**
 * Reads the kernel's buffers in bounded turns, and waits in between.
 *
 * @module
 */

import type { Sample } from "../ffi/sample.ts";
import { Waiter } from "../ffi/wait.ts";
import type { TurnLimits } from "./options.ts";
import type { Port } from "./port.ts";
import type { Ports } from "./ports.ts";

/** Takes one record of one buffer. */
export type Sink = (sample: Sample, port: Port) => void;

/**
 * Longest wait between two drains, ms: data behind BPF_RB_NO_WAKEUP wakes
 * nobody, and perf tells its readiness once.
 */
const longestWaitMs = 100;

/**
 * How long nobody looks while the record at the head of a ring is reserved and
 * not submitted, ms: the ring is readable all the time.
 */
const napMs = 1;

/** The clock is read once for this many events. */
const eventsPerLook = 64;

/** Reads some buffers, one after the other; every record goes to the sink given to each turn. */
export class Reader implements Disposable {
  readonly #ports: Ports;
  readonly #waiter = new Waiter();
  readonly #maxEvents: number;
  readonly #maxMs: number;
  #first = 0;
  #taken = 0;
  #until = 0;
  #woken = false;
  #wait: Promise<void> | undefined;
  #busy = false;
  /** Turns that were taken so far. */
  drains = 0;
  /** Waits that ended because the kernel had something, not by time or by a wake. */
  wakeups = 0;

  /** Reads `ports`, which have to outlive it. */
  constructor(ports: Ports, limits: TurnLimits) {
    this.#ports = ports;
    this.#maxEvents = limits.maxEvents ?? 4096;
    this.#maxMs = limits.maxMs ?? 10;
  }

  /** Not while a wait is pending: see {@linkcode Reader.release}. */
  [Symbol.dispose](): void {
    this.#waiter.close();
  }

  /** Ends the pending wait, if there is one, and returns when it has ended. */
  async release(): Promise<void> {
    this.#waiter.wake();
    await this.#wait;
  }

  /** Ends the pending wait, or the next one. */
  wake(): void {
    this.#waiter.wake();
  }

  /** Whether a turn is under way on this thread: its sink is running. */
  get busy(): boolean {
    return this.#busy;
  }

  /**
   * Hands what is there to `sink`, up to the limits of a turn, which ends
   * behind the record that reaches them; the next turn begins with the buffer
   * behind that record's, so that none is starved. `emptied` is told every
   * buffer of which all was taken that was there when it was looked at. Answers
   * whether that is so of all of them. What `sink` throws ends the turn.
   */
  turn(sink: Sink, emptied: (port: Port) => void): boolean {
    const ports = this.#ports.all;
    const first = this.#first;
    this.#taken = 0;
    this.#until = performance.now() + this.#maxMs;
    this.drains++;
    this.#busy = true;
    try {
      for (let step = 0; step < ports.length; step++) {
        const index = (first + step) % ports.length;
        const port = ports[index] as Port;
        this.#first = index + 1;
        if (!this.#drain(port, sink)) return false;
        emptied(port);
      }
      return true;
    } finally {
      this.#busy = false;
    }
  }

  #drain(port: Port, sink: Sink): boolean {
    return port.drain((sample) => {
      this.#taken++;
      sink(sample, port);
      return !this.#isEnough();
    });
  }

  #isEnough(): boolean {
    if (this.#taken >= this.#maxEvents) return true;
    return this.#taken % eventsPerLook === 0 &&
      performance.now() >= this.#until;
  }

  /**
   * Waits until there may be something to drain, at most `mostMs` and never
   * longer than 100 ms: then a drain is due without a wakeup. Who waits while
   * somebody waits already waits along.
   */
  wait(mostMs: number): Promise<void> {
    return this.#wait ??= this.#sleep(Math.min(mostMs, longestWaitMs));
  }

  async #sleep(ms: number): Promise<void> {
    try {
      const held = this.#isHeld();
      const fd = held ? nothing : this.#ports.epollFd;
      const most = held ? Math.min(ms, napMs) : ms;
      this.#woken = await this.#waiter.readable(fd, most);
      if (this.#woken) this.wakeups++;
    } finally {
      this.#wait = undefined;
    }
  }

  /** Whether a wakeup brought nothing but a record that is not submitted yet. */
  #isHeld(): boolean {
    return this.#woken && this.#taken === 0 &&
      this.#ports.all.some(({ state }) => state.busy);
  }
}

/** What poll(2) takes for no descriptor. */
const nothing = -1;
