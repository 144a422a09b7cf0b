/**
 * A Worker that waits for events itself: what it runs, and how it is told.
 *
 * @module
 */

import type { joinEvents, Shared, Stats } from "../../mod.ts";
import { sdk, Thread } from "./thread.ts";

/** A thread that waits for 10 ms at most has had its turn by then, on any machine. */
const patienceMs = 10_000;

/** What the Worker is told. */
interface Order {
  /** The module that hands on the SDK. */
  readonly sdk: string;
  readonly shared: Shared;
  readonly blockMs: number;
  /** Runs of a timer that are measured, while no event comes. */
  readonly runs: number;
}

/** What the Worker runs for each stream: its source is all that it has, so it names nothing from outside. */
async function readWaiting(order: Order): Promise<void> {
  const { sdk, shared, blockMs, runs } = order;
  const worker = self as unknown as Worker;
  const { joinEvents: join } = await import(sdk) as {
    joinEvents: typeof joinEvents;
  };
  const events = await join(shared, { blockMs });
  const { onmessage: ordered } = worker;
  worker.onmessage = () => events.close();
  worker.postMessage("ready");
  const gaps: number[] = [];
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    gaps.push(now - last);
    last = now;
    if (gaps.length < runs) return;
    clearInterval(timer);
    worker.postMessage(gaps.sort((one, other) => one - other));
  }, 1);
  await events.forEach(() => worker.postMessage(events.stats().wakeups));
  await events.close();
  worker.onmessage = ordered;
  worker.postMessage(events.stats());
}

/** A Worker that reads one stream after the other. */
export class WaitingThread implements Disposable {
  readonly #thread = new Thread(readWaiting);

  /** Begins to read; the times between `runs` runs of a timer of 1 ms, in ascending order, ms. */
  async read(
    shared: Shared,
    blockMs: number,
    runs: number,
  ): Promise<number[]> {
    const order: Order = { sdk, shared, blockMs, runs };
    await this.#thread.ask(order);
    return await this.#soon(this.#thread.answer()) as number[];
  }

  /** Of the next event: how many waits were ended by events until then. */
  async wakeups(): Promise<number> {
    return await this.#thread.answer() as number;
  }

  /** Tells it to close; its account. */
  async close(): Promise<Stats> {
    return await this.#soon(this.#thread.ask("close")) as Stats;
  }

  /** A thread that waits and gives nobody a turn would never answer. */
  async #soon(answer: Promise<unknown>): Promise<unknown> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(new Error(`It gave nobody a turn in ${patienceMs} ms`));
    }, patienceMs);
    try {
      return await Promise.race([answer, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the thread. */
  [Symbol.dispose](): void {
    this.#thread[Symbol.dispose]();
  }
}
