/**
 * A Worker that reads a CPU's events along with the thread that opened the
 * stream: what it runs, and how it is told.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { joinEvents, Shared, Stats } from "../../mod.ts";
import { sdk, Thread } from "./thread.ts";

/** What a Worker is told. */
interface Order {
  /** The module that hands on the SDK. */
  readonly sdk: string;
  readonly shared: Shared;
  readonly cpu: number;
  /** Events until it ends. */
  readonly count: number;
}

/** What it has to say at the end of a stream. */
export interface Taken {
  readonly sequences: readonly number[];
  readonly stats: Stats;
}

/** What the Worker runs for each stream: its source is all that it has, so it names nothing from outside. */
async function readAlong(order: Order): Promise<void> {
  const { sdk, shared, cpu, count } = order;
  const worker = self as unknown as Worker;
  const { joinEvents: join } = await import(sdk) as {
    joinEvents: typeof joinEvents;
  };
  const events = await join<number>(shared, {
    cpus: [cpu],
    decode: (sample) => Number(sample.getBigUint64(16)),
  });
  worker.postMessage("ready");
  const sequences: number[] = [];
  await events.forEach((sequence) => {
    if (sequences.push(sequence) === count) events.close();
  });
  await events.close();
  worker.postMessage({ sequences, stats: events.stats() });
}

/** A Worker that reads a CPU's events of one stream after the other. */
export class Part implements Disposable {
  /** It is idle until it is told to {@linkcode Part.read}. */
  readonly #thread = new Thread(readAlong);

  /** Resolves when it reads; with that which resolves when it has taken `count` events. */
  async read(
    shared: Shared,
    cpu: number,
    count: number,
  ): Promise<{ readonly end: Promise<Taken> }> {
    const order: Order = { sdk, shared, cpu, count };
    assert.equal(await this.#thread.ask(order), "ready");
    return { end: this.#thread.answer() as Promise<Taken> };
  }

  /** Ends the thread. */
  [Symbol.dispose](): void {
    this.#thread[Symbol.dispose]();
  }
}
