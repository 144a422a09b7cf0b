/**
 * The reader of a stream's kernel side: drains what the kernel's buffers hold,
 * in bounded turns, and waits for more on another thread.
 *
 * @module
 */

import type { BpfMap } from "../ffi/map.ts";
import { PerfBuffer } from "../ffi/perf.ts";
import { RingBuffer } from "../ffi/ring.ts";
import type { Sample } from "../ffi/sample.ts";
import { Waiter } from "../ffi/wait.ts";

/** How much one turn may take before timers and signals run. */
export interface TurnLimits {
  /** Events; 4096 by default. */
  readonly maxEvents?: number;
  /** Time, ms; 10 by default. */
  readonly maxMs?: number;
}

/** What both of libbpf's readers have in common. */
interface Source extends Disposable {
  readonly epollFd: number;
  consume(): number;
}

/**
 * Longest wait between two drains, ms: data behind BPF_RB_NO_WAKEUP wakes
 * nobody, and perf tells its readiness once.
 */
const longestWaitMs = 100;

/** The clock is read once for this many events. */
const eventsPerLook = 64;

/** Reads one map, ring or perf; every record goes to the sink given to each turn. */
export class Reader implements Disposable {
  readonly #source: Source;
  readonly #waiter = new Waiter();
  readonly #maxEvents: number;
  readonly #maxMs: number;
  #sink: (sample: Sample) => void = () => {};
  #taken = 0;
  #until = 0;
  #whole = true;
  #wait: Promise<void> | undefined;
  #open = true;
  #busy = false;
  /** Turns that were taken so far. */
  drains = 0;
  /** Waits that ended because the kernel had something, not by time or by a wake. */
  wakeups = 0;

  private constructor(open: (take: Take) => Source, limits: TurnLimits) {
    this.#maxEvents = limits.maxEvents ?? 4096;
    this.#maxMs = limits.maxMs ?? 10;
    try {
      this.#source = open((sample) => this.#take(sample));
    } catch (error) {
      this.#waiter.close();
      throw error;
    }
  }

  /** Reads a ring. A turn ends behind the record that reaches its limits. */
  static ring(map: BpfMap, limits: TurnLimits): Reader {
    return new Reader((take) => RingBuffer.open(map, take), limits);
  }

  /**
   * Reads a perf buffer of `pages` pages for each CPU. libbpf takes one CPU's
   * buffer whole: a turn ends behind the one that reaches its limits.
   */
  static perf(map: BpfMap, pages: number, limits: TurnLimits): Reader {
    const open = (take: Take): Source =>
      PerfBuffer.open(map, pages, {
        sample: take,
        // Told late and for some losses only; the account knows it better.
        lost: () => {},
      });
    return new Reader(open, limits);
  }

  /** Closes the source; not while a wait is pending: see {@linkcode Reader.release}. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#source[Symbol.dispose]();
    this.#waiter.close();
  }

  /** Closes the reader. */
  [Symbol.dispose](): void {
    this.close();
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
   * Hands what is there to `sink`, up to the limits of a turn; answers whether
   * that was all there was when it began.
   */
  turn(sink: (sample: Sample) => void): boolean {
    this.#sink = sink;
    this.#taken = 0;
    this.#whole = true;
    this.#until = performance.now() + this.#maxMs;
    this.drains++;
    this.#busy = true;
    try {
      this.#source.consume();
    } finally {
      this.#busy = false;
    }
    return this.#whole;
  }

  /**
   * Waits until there may be something to drain, at most `mostMs` and never
   * longer than 100 ms: then a drain is due without a wakeup. Who waits while
   * somebody waits already waits along.
   */
  wait(mostMs: number): Promise<void> {
    return this.#wait ??= this.#sleep(mostMs);
  }

  async #sleep(mostMs: number): Promise<void> {
    const ms = Math.min(mostMs, longestWaitMs);
    try {
      if (await this.#waiter.readable(this.#source.epollFd, ms)) this.wakeups++;
    } finally {
      this.#wait = undefined;
    }
  }

  #take(sample: Sample): boolean {
    this.#sink(sample);
    if (this.#isEnough(++this.#taken)) this.#whole = false;
    return this.#whole;
  }

  #isEnough(taken: number): boolean {
    if (taken >= this.#maxEvents) return true;
    return taken % eventsPerLook === 0 && performance.now() >= this.#until;
  }
}

type Take = (sample: Sample) => boolean;
