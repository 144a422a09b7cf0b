/**
 * U: Workers that read along, each a CPU.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Events, joinEvents, Shared, Stats } from "../../mod.ts";
import { type Claim, claim } from "../claim.ts";
import {
  assertFlow,
  onStream,
  sendFrom,
  type StampedEvent,
  twoCpus,
} from "./stamped.ts";
import { firstWorker, withWorkers } from "./first_worker.ts";

/** Events for each CPU. */
const each = 200;

/** What a Worker is told. */
interface Order {
  /** The module that hands on the SDK. */
  readonly sdk: string;
  readonly shared: Shared;
  readonly cpu: number;
}

/** What it has to say at its end. */
interface Taken {
  readonly sequences: readonly number[];
  readonly stats: Stats;
}

/** In a guest the SDK lies beside the one file that holds this module: tests/claims_errand.ts. */
const sdk = new URL(
  import.meta.url.endsWith(".ts") ? "../../mod.ts" : "sdk.js",
  import.meta.url,
).href;

/** What the Worker runs: its source is all that it has, so it names nothing from outside. */
async function readAlong({ sdk, shared, cpu }: Order): Promise<void> {
  const worker = self as unknown as Worker;
  const { joinEvents: join } = await import(sdk) as {
    joinEvents: typeof joinEvents;
  };
  const events = await join<number>(shared, {
    cpus: [cpu],
    decode: (sample) => Number(sample.getBigUint64(16)),
  });
  worker.onmessage = () => events.close();
  worker.postMessage("ready");
  const sequences: number[] = [];
  await events.forEach((sequence) => sequences.push(sequence));
  worker.postMessage({ sequences, stats: events.stats() });
}

/** A Worker that reads a CPU's events until it is told to end. */
class Part implements Disposable {
  readonly #worker: Worker;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** Resolves when it reads. */
  static async start(shared: Shared, cpu: number): Promise<Part> {
    const source = `onmessage = ({ data }) => (${readAlong})(data);`;
    const url = URL.createObjectURL(
      new Blob([source], { type: "text/javascript" }),
    );
    const part = new Part(new Worker(url, { type: "module" }));
    URL.revokeObjectURL(url);
    assert.equal(await part.#ask({ sdk, shared, cpu }), "ready");
    return part;
  }

  /** What it took, after it has closed its events. */
  async end(): Promise<Taken> {
    return await this.#ask("end") as Taken;
  }

  /** Ends the thread. */
  [Symbol.dispose](): void {
    this.#worker.terminate();
  }

  #ask(message: Order | "end"): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }) => resolve(data);
      this.#worker.onerror = (failure) => {
        failure.preventDefault();
        reject(new Error(failure.message));
      };
      this.#worker.postMessage(message);
    });
  }
}

/** Sends to two Workers, ten events to each at a time. */
async function takeBoth(events: Events<StampedEvent>): Promise<Taken[]> {
  const cpus = twoCpus();
  // At once: both open the object in the same moment.
  const parts = cpus.map((cpu) => Part.start(events.share(), cpu));
  using low = await parts[0] as Part;
  using high = await parts[1] as Part;
  for (let sent = 0; sent < each; sent += 10) {
    for (const cpu of cpus) sendFrom(cpu, events, "each", 10);
  }
  return await Promise.all([low.end(), high.end()]);
}

/** U26. */
export const workers: readonly Claim[] = [
  claim({
    id: "U26",
    title:
      "Workers that join drain a CPU each, all at once, with nothing lost or doubled, and each account is exact",
    source: "Ringside's promise (sdk/open.ts, joinEvents; docs/sdk.md)",
    prepare: firstWorker,
    prove: (lab) =>
      onStream(lab, "each", { cpus: [] }, async (events) => {
        const taken = await withWorkers(() => takeBoth(events));
        for (const { stats, sequences } of taken) {
          assert.equal(sequences.length, stats.delivered);
          assertFlow(stats, [
            each,
            sequences.length,
            each - sequences.length,
            0,
          ]);
          assert.equal(stats.lost, stats.lostBy.unread);
        }
        const all = taken.flatMap(({ sequences }) => sequences);
        assert.equal(new Set(all).size, all.length);
        return { taken: taken.map(({ sequences }) => sequences.length) };
      }),
  }),
];
