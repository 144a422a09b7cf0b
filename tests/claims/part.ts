/**
 * A Worker that reads a CPU's events along with the thread that opened the
 * stream: what it runs, and how it is told.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { joinEvents, Shared, Stats } from "../../mod.ts";

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

/** In a guest the SDK lies beside the one file that holds this module: tests/claims_errand.ts. */
const sdk = new URL(
  import.meta.url.endsWith(".ts") ? "../../mod.ts" : "sdk.js",
  import.meta.url,
).href;

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
  worker.postMessage({ sequences, stats: events.stats() });
}

/** A Worker that reads a CPU's events of one stream after the other. */
export class Part implements Disposable {
  readonly #worker: Worker;

  /** It is idle until it is told to {@linkcode Part.read}. */
  constructor() {
    const source = `onmessage = ({ data }) => (${readAlong})(data);`;
    const url = URL.createObjectURL(
      new Blob([source], { type: "text/javascript" }),
    );
    this.#worker = new Worker(url, { type: "module" });
    URL.revokeObjectURL(url);
  }

  /** Resolves when it reads; with that which resolves when it has taken `count` events. */
  async read(
    shared: Shared,
    cpu: number,
    count: number,
  ): Promise<{ readonly end: Promise<Taken> }> {
    const order: Order = { sdk, shared, cpu, count };
    this.#worker.postMessage(order);
    assert.equal(await this.#answer(), "ready");
    return { end: this.#answer() as Promise<Taken> };
  }

  /** Ends the thread. */
  [Symbol.dispose](): void {
    this.#worker.terminate();
  }

  /** What the Worker says next. */
  #answer(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }) => resolve(data);
      this.#worker.onerror = (failure) => {
        failure.preventDefault();
        reject(new Error(failure.message));
      };
    });
  }
}
