/**
 * The stream of events: one consumer for both transports.
 *
 * @module
 */

import { BpfError } from "../ffi/error.ts";
import type { BufferState } from "../ffi/buffer_state.ts";
import type { BpfObject } from "../ffi/object.ts";
import { checkCall } from "./check_options.ts";
import { type Arrival, Arrivals, type Take } from "./arrivals.ts";
import { Ledger } from "./ledger.ts";
import type { CallOptions, Next, NextOptions } from "./options.ts";
import type { EventsParts, Shared } from "./parts.ts";
import { Recorder } from "./recorder.ts";
import type { Stats } from "./stats.ts";
import type { Transport } from "./transport.ts";

/** One buffer of the kernel's, as it stood when it was asked. */
export interface BufferQuery extends BufferState {
  /** The stream that it carries. */
  readonly stream: string;
  /** Its CPU; left out for a ring of all CPUs. */
  readonly cpu?: number;
}

/**
 * A stream of events that is open until it is closed. All ways to take events
 * share one queue, which waiting fills by one turn at most: what is not asked
 * for stays in the kernel's buffer, where its loss is counted. An event left in
 * the queue by one consumer goes to the next.
 */
export class Events<T> implements AsyncIterable<T>, AsyncDisposable {
  readonly #parts: EventsParts<T>;
  readonly #owned: DisposableStack;
  readonly #arrivals: Arrivals<T>;
  readonly #recorder: Recorder<T> | undefined;
  readonly #ledger: Ledger<T>;
  // Who awaits close() hears what it throws; an abort has nobody to tell.
  readonly #onAbort = (): void => void this.close().catch(() => {});
  #closing: Promise<void> | undefined;
  /** The transport in use. */
  readonly transport: Transport;
  /** Why: `"BPF_MAP_CREATE(RINGBUF): EINVAL: this kernel has no ring buffer"`. */
  readonly reason: string;

  /** Made by {@linkcode openEvents} and its like; what `undo` holds is its own from then on. */
  constructor(parts: EventsParts<T>, undo: DisposableStack) {
    const { shared, options } = parts;
    this.#parts = parts;
    const isClosed = (): boolean => this.#closing !== undefined;
    this.#arrivals = new Arrivals(parts, isClosed);
    this.#recorder = shared.overwrite ? new Recorder(parts) : undefined;
    this.#ledger = new Ledger(parts, this.#recorder);
    this.transport = shared.transport;
    this.reason = shared.reason;
    options.signal?.addEventListener("abort", this.#onAbort);
    // Last: what throws above leaves all of it to the caller.
    this.#owned = undo.move();
  }

  /**
   * The object behind the stream, for its programs and other maps; the stream
   * closes it. A stream that was joined has none: it is its opener's.
   */
  get object(): BpfObject {
    const { object } = this.#parts;
    if (object !== undefined) return object;
    throw new BpfError("use the object of a stream that was joined", {
      cause: "its maps and programs are those of the thread that opened it",
      remedy: "use them there",
    });
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
    // A close from within a turn goes on when the turn is over.
    await this.#parts.reader.release();
    try {
      this.#ledger.close();
    } finally {
      this.#parts.options.signal?.removeEventListener("abort", this.#onAbort);
      this.#owned.dispose();
    }
  }

  /** Closes the stream. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Takes what is there, without waiting; behind a flood no more than some
   * turns. Throws what a decoder threw, behind the events that came before.
   */
  drain(): T[] {
    this.#requireQueue("drain");
    if (this.#closing !== undefined) return [];
    const { intake } = this.#parts;
    intake.renew();
    intake.sweep();
    const events = intake.all();
    if (events.length === 0) intake.fail();
    return events;
  }

  /** Waits for one event; timeout, close and abort are outcomes of their own. */
  async next(options: NextOptions = {}): Promise<Next<T>> {
    checkCall(options);
    const arrival = await this.#wait(options, () => this.#one());
    if (arrival.is !== "had") return arrival;
    return { is: "event", event: arrival.had[0] };
  }

  /** Waits for events and yields all of a turn at once: never an empty batch. */
  async *batches(options: CallOptions = {}): AsyncGenerator<T[], void, void> {
    checkCall(options);
    const { intake } = this.#parts;
    const take = (): T[] | undefined =>
      intake.pull() ? intake.all() : undefined;
    for (let batch; (batch = await this.#had(options, take)) !== undefined;) {
      yield batch;
    }
  }

  /** Waits for events and yields them until the stream is closed; throws the reason of an abort. */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined, void> {
    return { next: () => this.#step() };
  }

  /** No generator: its queue costs more than an event that is here already. */
  #step(): Promise<IteratorResult<T, undefined>> {
    const { intake } = this.#parts;
    const waits = intake.queued === 0 || intake.isLong();
    if (waits || this.#closing !== undefined) return this.#arrived();
    return Promise.resolve({ done: false, value: intake.next() });
  }

  async #arrived(): Promise<IteratorResult<T, undefined>> {
    const one = await this.#had({}, () => this.#one());
    return one === undefined
      ? { done: true, value: undefined }
      : { done: false, value: one[0] };
  }

  /**
   * Calls `take` with each event until the stream is closed: the fastest way,
   * without a queue between. What `take` throws ends it, with the event's
   * number and the exception as its cause; events behind that one wait for the
   * next consumer.
   */
  async forEach(
    take: (event: T) => void,
    options: CallOptions = {},
  ): Promise<void> {
    checkCall(options);
    const { intake } = this.#parts;
    this.#requireQueue("wait for");
    const push = (): true | undefined => intake.push(take) || undefined;
    const end = await this.#arrivals.all(options, push);
    if (end.is === "aborted") throw end.reason;
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
   * Overwrite mode: the events that the buffers hold, the oldest of each buffer
   * first, or by their stamps with order `"timestamp"`; they stay there. A perf
   * buffer is paused meanwhile, and what is sent then is lost as `full`.
   */
  snapshot(): T[] {
    this.#requireOpen("take a snapshot");
    if (this.#recorder !== undefined) return this.#recorder.snapshot();
    throw new BpfError("take a snapshot", {
      cause: "what is read is not kept",
      remedy: "open with overwrite: true",
    });
  }

  /**
   * Where every event went, of all streams or of one; nothing is taken for it. In
   * overwrite mode what gave way is known as of the last snapshot, and at close.
   */
  stats(stream?: string): Stats {
    const busyMs = this.#arrivals.busyMs(stream);
    return { ...this.#ledger.stats(stream), busyMs };
  }

  /**
   * The buffers as they stand: size, bytes available and positions, which only
   * grow. Snapshots: under load each may be old when it is read.
   */
  queries(): BufferQuery[] {
    this.#requireOpen("ask the buffers");
    const { ports, lanes } = this.#parts;
    return ports.all.map(({ stream, cpu, state }) => ({
      stream: lanes[stream]?.name ?? "",
      ...(cpu === undefined ? {} : { cpu }),
      ...state,
    }));
  }

  /** How full the fullest buffer is: 0 to 1. */
  get occupancy(): number {
    const full = this.queries().map(({ available, size }) => available / size);
    return Math.max(0, ...full);
  }

  /** Perf: stops the kernel from taking events, which are lost as `full`. A ring cannot be paused. */
  pause(): void {
    this.#turn("pause");
  }

  /** Perf: takes events again. */
  resume(): void {
    this.#turn("resume");
  }

  /**
   * What a Worker needs to read along by {@linkcode joinEvents}: as a rule this
   * thread opens with `cpus: []`, and each Worker joins with CPUs of its own.
   * The Workers close before this stream does.
   */
  share(): Shared {
    this.#requireOpen("share events");
    return this.#parts.shared;
  }

  #turn(to: "pause" | "resume"): void {
    this.#requireOpen(`${to} events`);
    if (this.#parts.ports.turn(to)) return;
    throw new BpfError(`${to} a ring`, {
      cause: "the kernel has no switch for it",
      remedy: 'detach the programs, or open with transport: "perf"',
    });
  }

  /** One event out of the queue, in brackets because an event may be anything. */
  #one(): [T] | undefined {
    const { intake } = this.#parts;
    return intake.pull() ? [intake.next()] : undefined;
  }

  /** Waits until `take` had something, or for one of the other outcomes. */
  #wait<R>(options: NextOptions, take: Take<R>): Promise<Arrival<R>> {
    this.#requireQueue("wait for");
    return this.#arrivals.wait(options, take);
  }

  /** What `take` had, or `undefined` at the stream's end; throws the reason of an abort. */
  async #had<R>(options: CallOptions, take: Take<R>): Promise<R | undefined> {
    const arrival = await this.#wait(options, take);
    if (arrival.is === "aborted") throw arrival.reason;
    return arrival.is === "had" ? arrival.had : undefined;
  }

  #requireOpen(action: string): void {
    if (this.#closing === undefined) return;
    throw new BpfError(action, { cause: "the stream is closed" });
  }

  #requireQueue(verb: string): void {
    if (this.#recorder === undefined) return;
    throw new BpfError(`${verb} events`, {
      cause: "in overwrite mode they stay in the kernel's buffer",
      remedy: "read it by snapshot()",
    });
  }
}
