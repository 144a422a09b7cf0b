/**
 * Waits for events, and for what else may end a wait.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import { BusyHeads } from "./busy_heads.ts";
import { Hotplug } from "./hotplug.ts";
import type { CallOptions, Next, NextOptions } from "./options.ts";
import type { EventsParts } from "./parts.ts";

/** Why a wait ended: something was had, or one of the other outcomes. */
export type Arrival<R> =
  | Exclude<Next<never>, { readonly is: "event" }>
  | { readonly is: "had"; readonly had: R };

/** Takes what there is, in one go with the look at it; `undefined` if there is nothing. */
export type Take<R> = () => R | undefined;

/** How long a head may be busy, ms: no program runs as long. */
const defaultBusyMs = 1000;

/** The waits of one stream. */
export class Arrivals<T> {
  readonly #parts: EventsParts<T>;
  readonly #isClosed: () => boolean;
  readonly #hotplug: Hotplug;
  readonly #heads: BusyHeads;
  #eager = false;

  /** `isClosed`: whether the stream was told to close. */
  constructor(parts: EventsParts<T>, isClosed: () => boolean) {
    this.#parts = parts;
    this.#isClosed = isClosed;
    this.#hotplug = new Hotplug(parts.ports, parts.accounts);
    const { busyMs: mostMs = defaultBusyMs, onWarning: warn } = parts.options;
    const names = parts.lanes.map(({ name }) => name);
    this.#heads = new BusyHeads({ names, mostMs, warn });
  }

  /** See {@linkcode BusyHeads.longestMs}. */
  busyMs(stream?: string): number {
    return this.#isClosed() ? 0 : this.#heads.longestMs(stream);
  }

  /** Waits until `take` had something, or for one of the other outcomes. */
  async wait<R>(options: NextOptions, take: Take<R>): Promise<Arrival<R>> {
    using _ = this.#heed(options.signal);
    return await this.#arrival(options, take);
  }

  /** Takes and waits in turn until one of the other outcomes. */
  async all(options: CallOptions, take: Take<true>): Promise<Arrival<never>> {
    using _ = this.#heed(options.signal);
    for (;;) {
      const arrival = await this.#arrival(options, take);
      if (arrival.is !== "had") return arrival;
    }
  }

  async #arrival<R>(options: NextOptions, take: Take<R>): Promise<Arrival<R>> {
    const { reader, intake, ports } = this.#parts;
    const deadline = options.timeoutMs === undefined
      ? Infinity
      : performance.now() + options.timeoutMs;
    for (;;) {
      // Behind a turn that had events timers and signals come first.
      if (this.#eager && (intake.queued === 0 || intake.isLong())) {
        await setImmediate();
        this.#eager = false;
        intake.rest();
      }
      const ended = this.#ended(options.signal);
      if (ended !== undefined) return ended;
      this.#hotplug.look();
      this.#heads.look(ports.all);
      const had = take();
      this.#eager = had !== undefined;
      if (had !== undefined) return { is: "had", had };
      const left = deadline - performance.now();
      if (left <= 0) return { is: "timeout" };
      await reader.wait(Math.max(0, Math.min(left, intake.dueMs)));
    }
  }

  /** As long as it is open, an abort ends the turn or the wait that is under way. */
  #heed(signal: AbortSignal | undefined): Disposable {
    const wake = (): void => this.#parts.reader.wake();
    signal?.addEventListener("abort", wake);
    return {
      [Symbol.dispose]: () => signal?.removeEventListener("abort", wake),
    };
  }

  #ended(signal: AbortSignal | undefined): Arrival<never> | undefined {
    const own = this.#parts.options.signal;
    const aborted = [signal, own].find((one) => one?.aborted);
    if (aborted !== undefined) return { is: "aborted", reason: aborted.reason };
    return this.#isClosed() ? { is: "closed" } : undefined;
  }
}
