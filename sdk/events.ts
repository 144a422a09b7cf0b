/**
 * The stream of events: one consumer for both transports.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import { BpfObject } from "../ffi/object.ts";
import { Intake } from "./intake.ts";
import { Reader, type TurnLimits } from "./reader.ts";
import { readCount, settle, settleAtClose, type Stats } from "./stats.ts";
import { findStream, leaveOut, type Stream, streamDecoder } from "./stream.ts";
import { type Choice, chooseTransport, type Transport } from "./transport.ts";

/** How to open a stream; all of it may be left out. */
export interface OpenOptions extends TurnLimits {
  /** `"auto"` (the default) asks the kernel; the others insist. */
  readonly transport?: "auto" | Transport;
  /** The name given to RINGSIDE_EVENTS(); the only one there is by default. */
  readonly stream?: string;
  /** Whether the programs are attached where their sections say: yes by default. */
  readonly attach?: boolean;
  /** Size of the ring in bytes, a power of two of pages; by default the object's. */
  readonly ringBytes?: number;
  /** Pages of each CPU's perf buffer, a power of two; 64 by default. */
  readonly perfPages?: number;
  /** `"object"` (the default) decodes by the object's BTF; `"bytes"` copies each record. */
  readonly decode?: "object" | "bytes";
  /** Closes the stream when it is aborted; who waits for events is told so. */
  readonly signal?: AbortSignal;
}

/** What may end one way of taking events early. */
export interface CallOptions {
  /** Ends this call, not the stream. */
  readonly signal?: AbortSignal;
}

/** How long {@linkcode Events.next} may wait. */
export interface NextOptions extends CallOptions {
  /** ms; without it, until there is an event. 0 does not wait. */
  readonly timeoutMs?: number;
}

/** What came of waiting for one event. */
export type Next<T> =
  | { readonly is: "event"; readonly event: T }
  /** Nothing came in time. */
  | { readonly is: "timeout" }
  /** The stream was closed. */
  | { readonly is: "closed" }
  /** A signal was aborted: that of the call, or that of the stream. */
  | { readonly is: "aborted"; readonly reason: unknown };

/** Opens the object, probes the kernel, loads one half, subscribes and attaches. */
export function openEvents(
  path: string,
  options: OpenOptions & { readonly decode: "bytes" },
): Promise<Events<Uint8Array<ArrayBuffer>>>;
/**
 * The same with events decoded by the object's BTF; `T` is what the caller
 * knows them to be.
 */
export function openEvents<T>(
  path: string,
  options?: OpenOptions,
): Promise<Events<T>>;
export function openEvents<T>(
  path: string,
  options: OpenOptions = {},
): Promise<Events<T>> {
  return new Promise((resolve) => resolve(Events.open<T>(path, options)));
}

/** Why a wait ended: something was had, or one of the other outcomes. */
type Arrival<R> =
  | Exclude<Next<never>, { readonly is: "event" }>
  | { readonly is: "had"; readonly had: R };

/** Takes what there is, in one go with the look at it; `undefined` if there is nothing. */
type Take<R> = () => R | undefined;

/**
 * A stream of events that is open until it is closed. All ways to take events
 * share one queue, which waiting fills by one turn at most: what is not asked
 * for stays in the kernel's buffer, where its loss is counted. An event left in the queue by
 * one consumer goes to the next.
 */
export class Events<T> implements AsyncIterable<T>, AsyncDisposable {
  readonly #stream: Stream;
  readonly #reader: Reader;
  readonly #signal: AbortSignal | undefined;
  readonly #intake: Intake<T>;
  readonly #onAbort = (): void => void this.close();
  #eager = false;
  #closing: Promise<void> | undefined;
  #last: Stats | undefined;
  /** The transport in use. */
  readonly transport: Transport;
  /** Why: `"BPF_MAP_CREATE(RINGBUF): EINVAL: this kernel has no ring buffer"`. */
  readonly reason: string;
  /** The object behind the stream, for its programs and other maps; the stream closes it. */
  readonly object: BpfObject;

  private constructor(
    object: BpfObject,
    stream: Stream,
    choice: Choice,
    options: OpenOptions,
  ) {
    this.object = object;
    this.#stream = stream;
    this.#signal = options.signal;
    this.transport = choice.transport;
    this.reason = choice.reason;
    const decode = streamDecoder<T>(object, stream, options.decode ?? "object");
    this.#reader = choice.transport === "ring"
      ? Reader.ring(stream.ring, options)
      : Reader.perf(stream.perf, options.perfPages ?? 64, options);
    this.#intake = new Intake(this.#reader, decode, stream.name);
    options.signal?.addEventListener("abort", this.#onAbort);
  }

  /** See {@linkcode openEvents}. */
  static open<T>(path: string, options: OpenOptions): Events<T> {
    options.signal?.throwIfAborted();
    const object = BpfObject.open(path);
    try {
      const stream = findStream(object, options.stream);
      const choice = chooseTransport(options.transport ?? "auto");
      leaveOut(object, choice.transport);
      if (choice.transport === "ring" && options.ringBytes !== undefined) {
        stream.ring.maxEntries = options.ringBytes;
      }
      object.load();
      const events = new Events<T>(object, stream, choice, options);
      events.#begin(options.attach ?? true);
      return events;
    } catch (error) {
      object.close();
      throw error;
    }
  }

  /** Attaches behind the subscription, so that no event is sent to nobody. */
  #begin(attach: boolean): void {
    try {
      if (attach) this.object.attach();
    } catch (error) {
      this.#signal?.removeEventListener("abort", this.#onAbort);
      this.#reader.close();
      throw error;
    }
  }

  /**
   * Ends the stream: who waits is released. It may be called at any time, also
   * by a consumer from within {@linkcode Events.forEach}; a second call waits
   * for the first. {@linkcode Events.stats} answers the last account afterwards,
   * in which what nobody took is lost as `unread`.
   */
  close(): Promise<void> {
    return this.#closing ??= this.#end();
  }

  async #end(): Promise<void> {
    this.#signal?.removeEventListener("abort", this.#onAbort);
    // A close from within a turn goes on when the turn is over.
    await this.#reader.release();
    try {
      this.#last = settleAtClose(this.#account());
    } finally {
      this.#reader.close();
      this.object.close();
    }
  }

  /** Closes the stream. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Takes what is there, without waiting; behind a flood no more than some turns. */
  drain(): T[] {
    if (this.#closing === undefined) this.#intake.sweep();
    return this.#intake.all();
  }

  /** Waits for one event; timeout, close and abort are outcomes of their own. */
  async next(options: NextOptions = {}): Promise<Next<T>> {
    const arrival = await this.#arrive(options, () => this.#one());
    if (arrival.is !== "had") return arrival;
    return { is: "event", event: arrival.had[0] };
  }

  /** Waits for events and yields all of a turn at once: never an empty batch. */
  async *batches(options: CallOptions = {}): AsyncGenerator<T[], void, void> {
    const take = (): T[] | undefined =>
      this.#intake.pull() ? this.#intake.all() : undefined;
    for (let batch; (batch = await this.#had(options, take)) !== undefined;) {
      yield batch;
    }
  }

  /** Waits for events and yields them until the stream is closed; throws the reason of an abort. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    const take = (): [T] | undefined => this.#one();
    for (let one; (one = await this.#had({}, take)) !== undefined;) {
      yield one[0];
      while (this.#intake.queued > 0 && this.#closing === undefined) {
        yield this.#intake.next();
      }
    }
  }

  /**
   * Calls `take` with each event until the stream is closed: the fastest way,
   * without a queue between. What `take` throws ends it, with the event's
   * number and the exception as its cause; events behind that one wait in the
   * queue for the next consumer.
   */
  async forEach(
    take: (event: T) => void,
    options: CallOptions = {},
  ): Promise<void> {
    const push = (): true | undefined => this.#intake.push(take) || undefined;
    while (await this.#had(options, push) !== undefined);
  }

  /** The events as a web stream with backpressure; cancelling it closes this stream. */
  get readable(): ReadableStream<T> {
    const iterator = this[Symbol.asyncIterator]();
    return new ReadableStream<T>({
      pull: async (controller) => {
        const { done, value } = await iterator.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => this.close(),
    }, { highWaterMark: 0 });
  }

  /**
   * Where every event went. On perf this first takes what the buffers hold into
   * the queue: what was accepted before and is not there then was lost unsaid.
   * While a flood is faster than the reader that loss is still `pending`.
   */
  stats(): Stats {
    return this.#last ?? this.#account();
  }

  #account(): Stats {
    const count = readCount(this.#stream.count);
    const swept = this.transport === "perf" && this.#intake.sweep();
    const seen = this.#intake.seen();
    const silent = swept ? Math.max(0, count.accepted - seen.received) : 0;
    return settle(count, { ...seen, silent });
  }

  /** One event out of the queue, in brackets because an event may be anything. */
  #one(): [T] | undefined {
    return this.#intake.pull() ? [this.#intake.next()] : undefined;
  }

  /** Waits until `take` had something, or for one of the other outcomes. */
  async #arrive<R>(options: NextOptions, take: Take<R>): Promise<Arrival<R>> {
    const deadline = performance.now() + (options.timeoutMs ?? Infinity);
    const wake = (): void => this.#reader.wake();
    options.signal?.addEventListener("abort", wake);
    try {
      for (;;) {
        // Behind a turn that had events timers and signals come first.
        if (this.#eager && this.#intake.queued === 0) await setImmediate();
        const ended = this.#ended(options.signal);
        if (ended !== undefined) return ended;
        const had = take();
        this.#eager = had !== undefined;
        if (had !== undefined) return { is: "had", had };
        const left = deadline - performance.now();
        if (left <= 0) return { is: "timeout" };
        await this.#reader.wait(left);
      }
    } finally {
      options.signal?.removeEventListener("abort", wake);
    }
  }

  #ended(signal: AbortSignal | undefined): Arrival<never> | undefined {
    const aborted = [signal, this.#signal].find((one) => one?.aborted);
    if (aborted !== undefined) return { is: "aborted", reason: aborted.reason };
    return this.#closing === undefined ? undefined : { is: "closed" };
  }

  /** What `take` had, or `undefined` at the stream's end; throws the reason of an abort. */
  async #had<R>(options: CallOptions, take: Take<R>): Promise<R | undefined> {
    const arrival = await this.#arrive(options, take);
    if (arrival.is === "aborted") throw arrival.reason;
    return arrival.is === "had" ? arrival.had : undefined;
  }
}
