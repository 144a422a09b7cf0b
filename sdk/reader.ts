/**
 * Reads the kernel's buffers in bounded turns, and waits in between.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import { ready } from "../ffi/epoll.ts";
import { Waiter } from "../ffi/wait.ts";
import type { ReadOptions } from "./options.ts";
import type { Port } from "./port.ts";
import type { Ports } from "./ports.ts";

/** Takes up to `most` records of a buffer; false unless that was all that there was. */
export type Drain = (port: Port, most: number) => boolean;

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

/**
 * The clock is read once for so many events: at first, and at most. Between the
 * two it is as many as take about as long as `lookMs`.
 */
const eventsPerLook = { first: 64, most: 2048 } as const;

/** How long a turn goes on without a look at the clock, ms, by the last look. */
const lookMs = 0.5;

/** Reads some buffers, one after the other; every record goes to the sink given to each turn. */
export class Reader implements Disposable {
  readonly #ports: Ports;
  readonly #waiter = new Waiter();
  readonly #maxEvents: number;
  readonly #maxMs: number;
  readonly #blockMs: number;
  #first = 0;
  #taken = 0;
  #look: number = eventsPerLook.first;
  #looked = 0;
  #until = 0;
  #woken = false;
  #wait: Promise<void> | undefined;
  #open = true;
  #busy = false;
  /** Turns that were taken so far. */
  drains = 0;
  /** Waits that ended because the kernel had something, not by time or by a wake. */
  wakeups = 0;

  /** The buffers are the reader's from now on. */
  constructor(ports: Ports, options: ReadOptions) {
    this.#ports = ports;
    this.#maxEvents = options.maxEvents ?? 4096;
    this.#maxMs = options.maxMs ?? 10;
    this.#blockMs = options.blockMs ?? 0;
  }

  /** Closes the buffers; not while a wait is pending: see {@linkcode Reader.release}. */
  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#open = false;
    this.#ports[Symbol.dispose]();
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
   * Drains what is there, up to the limits of a turn, which ends
   * behind the record that reaches them; the next turn begins with the buffer
   * behind that record's, so that none is starved. `emptied` is told every
   * buffer of which all was taken that was there when it was looked at. Answers
   * whether that is so of all of them. What `drain` throws ends the turn.
   */
  turn(drain: Drain, emptied: (port: Port) => void): boolean {
    const ports = this.#ports.all;
    const first = this.#first;
    this.#taken = 0;
    this.#looked = performance.now();
    this.#until = this.#looked + this.#maxMs;
    this.drains++;
    this.#busy = true;
    try {
      for (let step = 0; step < ports.length; step++) {
        if (this.#taken > 0 && this.#isEnough()) return false;
        const index = (first + step) % ports.length;
        const port = ports[index] as Port;
        this.#first = index + 1;
        if (!this.#drain(port, drain)) return false;
        emptied(port);
      }
      return true;
    } finally {
      this.#busy = false;
    }
  }

  #drain(port: Port, drain: Drain): boolean {
    for (;;) {
      const most = Math.min(this.#look, this.#maxEvents - this.#taken);
      try {
        if (drain(port, most)) return true;
      } finally {
        this.#taken += port.taken;
      }
      this.#pace();
      if (this.#isEnough()) return false;
    }
  }

  /** Behind as many events as go by between two looks: how many the next ones are. */
  #pace(): void {
    const now = performance.now();
    this.#look = now - this.#looked < lookMs
      ? Math.min(2 * this.#look, eventsPerLook.most)
      : Math.max(this.#look >> 1, 1);
    this.#looked = now;
  }

  #isEnough(): boolean {
    return this.#taken >= this.#maxEvents || performance.now() >= this.#until;
  }

  /** Records of the last turn, so far. */
  get taken(): number {
    return this.#taken;
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
      this.#woken = this.#blockMs > 0 && !held
        ? await this.#block(most)
        : await this.#waiter.readable(fd, most);
      if (this.#woken) this.wakeups++;
    } finally {
      this.#wait = undefined;
    }
  }

  /** Waits on this thread; behind a wait that brought nothing others have their turn. */
  async #block(mostMs: number): Promise<boolean> {
    const ms = Math.ceil(Math.max(0, Math.min(mostMs, this.#blockMs)));
    const woken = ready(this.#ports.epollFd, ms);
    if (!woken) await setImmediate();
    return woken;
  }

  /** Whether a wakeup brought nothing but a record that is not submitted yet. */
  #isHeld(): boolean {
    return this.#woken && this.#taken === 0 &&
      this.#ports.all.some(({ state }) => state.busy);
  }
}

/** What poll(2) takes for no descriptor. */
const nothing = -1;
