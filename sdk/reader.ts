/**
 * Reads the kernel's buffers in bounded turns, and waits in between.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import type { BufferState } from "../ffi/buffer_state.ts";
import { Damage } from "../ffi/damage.ts";
import { ready } from "../ffi/epoll.ts";
import { Waiter } from "../ffi/wait.ts";
import type { ReadOptions } from "./options.ts";
import type { Port } from "./port.ts";
import type { Ports } from "./ports.ts";
import { TurnQuota } from "./turn_quota.ts";

/** Takes what a buffer has, up to the quota: whether that was all. */
export type Drain = (port: Port, quota: TurnQuota) => boolean;

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

/** Reads some buffers, one after the other; by the drain given to each turn. */
export class Reader implements Disposable {
  readonly #ports: Ports;
  readonly #waiter = new Waiter();
  readonly #quota: TurnQuota;
  readonly #blockMs: number;
  #first = 0;
  #woken = false;
  #wait: Promise<void> | undefined;
  #busy = false;
  /** Turns that were taken so far. */
  drains = 0;
  /** Waits that ended because the kernel had something, not by time or by a wake. */
  wakeups = 0;

  /** Reads `ports`, which have to outlive it. */
  constructor(ports: Ports, options: ReadOptions) {
    const { maxEvents, maxMs = defaultMs, blockMs = 0 } = options;
    this.#ports = ports;
    this.#quota = new TurnQuota(maxEvents, maxMs);
    this.#blockMs = blockMs;
  }

  /** Whether whoever hands out events is to stop: set by every wake. */
  get cut(): boolean {
    return this.#quota.cut;
  }

  /** Who hands out events without a turn begins. */
  set cut(cut: boolean) {
    this.#quota.cut = cut;
  }

  /** Records of the last turn. */
  get taken(): number {
    return this.#quota.taken;
  }

  /** Not while a wait is pending: see {@linkcode Reader.release}. */
  [Symbol.dispose](): void {
    this.#waiter.close();
  }

  /** Ends the turn and the wait that are under way, and returns when they have ended. */
  async release(): Promise<void> {
    this.wake();
    await this.#wait;
  }

  /** Ends the turn that is under way, and the wait that is pending, or the next one. */
  wake(): void {
    this.cut = true;
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
   * whether that is so of all of them. What `drain` throws ends the turn. Where
   * the user has not said how many events a turn takes, it is `most`.
   */
  turn(
    drain: Drain,
    emptied: (port: Port) => void,
    most: number = mostEvents.queued,
  ): boolean {
    const ports = this.#ports.all;
    const first = this.#first;
    const quota = this.#quota;
    quota.start(most);
    this.drains++;
    this.#busy = true;
    try {
      for (let step = 0; step < ports.length; step++) {
        if (step > 0 && quota.isOver) return false;
        const index = (first + step) % ports.length;
        const port = ports[index] as Port;
        this.#first = index + 1;
        if (!this.#drained(port, drain)) return false;
        emptied(port);
      }
      return true;
    } finally {
      this.#busy = false;
    }
  }

  #drained(port: Port, drain: Drain): boolean {
    try {
      return drain(port, this.#quota);
    } catch (error) {
      if (error instanceof Damage) this.#ports.damage(port.stream, error.bytes);
      throw error;
    }
  }

  /**
   * Waits until there may be something to drain, at most `mostMs` and never
   * longer than 100 ms: then a drain is due without a wakeup. Who waits while
   * somebody waits already waits along, for as long as it wants to.
   */
  wait(mostMs: number): Promise<void> {
    const ms = Math.min(mostMs, longestWaitMs);
    const along = this.#wait;
    if (along === undefined) {
      const states = this.#ports.all.map(({ state }) => state);
      // Who passes over records only has nothing to show for it: timers come first.
      if (states.some(hasMore)) return setImmediate();
      // A wakeup brought nothing but a record that is not submitted yet.
      const held = this.#woken && this.taken === 0 &&
        states.some(({ busy }) => busy);
      return this.#wait = this.#sleep(
        held ? nothing : this.#ports.epollFd,
        held ? Math.min(ms, napMs) : ms,
      );
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      along.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  async #sleep(fd: number, ms: number): Promise<void> {
    try {
      this.#woken = this.#blockMs > 0 && fd !== nothing
        ? await this.#block(fd, ms)
        : await this.#waiter.readable(fd, ms);
      if (this.#woken) this.wakeups++;
    } finally {
      this.#wait = undefined;
    }
  }

  /** Waits on this thread; behind a wait that brought nothing others have their turn. */
  async #block(fd: number, mostMs: number): Promise<boolean> {
    const ms = Math.ceil(Math.max(0, Math.min(mostMs, this.#blockMs)));
    const woken = ready(fd, ms);
    if (!woken) await setImmediate();
    return woken;
  }
}

/**
 * Whether there is something to drain: a record that was committed while the
 * last drain ran, before the consumer's position was stored, wakes nobody and
 * waits behind it.
 */
function hasMore({ available, busy }: BufferState): boolean {
  return available > 0 && !busy;
}

/**
 * How many events a turn takes unless it is told: those that are queued take
 * memory, those that are handed on at once nothing but time, of which the way to
 * the next turn takes as much as 500 of them.
 */
export const mostEvents = { queued: 4096, pushed: 262_144 } as const;

/** How long a turn takes unless it is told, ms. */
export const defaultMs = 10;

/** What poll(2) takes for no descriptor. */
const nothing = -1;
