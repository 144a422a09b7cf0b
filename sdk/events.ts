/**
 * The stream of events: one consumer for both transports.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import { possibleCpus } from "../ffi/cpu.ts";
import { BpfError } from "../ffi/error.ts";
import { BpfObject } from "../ffi/object.ts";
import { PerfBuffer } from "../ffi/perf.ts";
import { RingBuffer } from "../ffi/ring.ts";
import type { Sample } from "../ffi/sample.ts";
import { Waiter } from "../ffi/wait.ts";
import { readCount, settle, type Stats } from "./stats.ts";
import { findStream, leaveOut, type Stream, streamDecoder } from "./stream.ts";
import { type Choice, chooseTransport, type Transport } from "./transport.ts";

/** How to open a stream; all of it may be left out. */
export interface OpenOptions {
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
}

/** What both readers have in common. */
interface Source extends Disposable {
  readonly epollFd: number;
  consume(): number;
}

/** Events taken in one turn at most, so that timers and signals run under a flood. */
const mostEventsPerTurn = 4096;

/**
 * Longest wait between two drains, ms: data behind BPF_RB_NO_WAKEUP wakes
 * nobody, and perf tells its readiness once.
 */
const longestWaitMs = 100;

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

/**
 * A stream of events that is open until it is closed. It may be iterated, which
 * waits, or drained, which does not; both take from the same queue.
 */
export class Events<T> implements AsyncIterable<T>, AsyncDisposable {
  readonly #stream: Stream;
  readonly #source: Source;
  readonly #waiter: Waiter;
  readonly #queue: T[] = [];
  #pendingWait: Promise<unknown> = Promise.resolve();
  #received = 0;
  #delivered = 0;
  #turn = 0;
  #closed: Stats | undefined;
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
    this.transport = choice.transport;
    this.reason = choice.reason;
    const decode = this.#decoder(options.decode ?? "object");
    const take = (sample: Sample): boolean => {
      this.#queue.push(decode(sample));
      this.#received++;
      return ++this.#turn < mostEventsPerTurn;
    };
    this.#source = choice.transport === "ring"
      ? RingBuffer.open(stream.ring, take)
      : PerfBuffer.open(stream.perf, options.perfPages ?? 64, {
        sample: take,
        // Told late and for some losses only; stats() knows it from the account.
        lost: () => {},
      });
    this.#waiter = new Waiter();
  }

  /** See {@linkcode openEvents}. */
  static open<T>(path: string, options: OpenOptions): Events<T> {
    const object = BpfObject.open(path);
    try {
      const stream = findStream(object, options.stream);
      const choice = chooseTransport(options.transport ?? "auto");
      leaveOut(object, stream, choice.transport);
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
      this.#source[Symbol.dispose]();
      this.#waiter.close();
      throw error;
    }
  }

  /**
   * Ends the stream: a waiting consumer is released and its iteration ends.
   * {@linkcode Events.stats} answers the last account. A second call does nothing.
   */
  async close(): Promise<void> {
    if (this.#closed !== undefined) return;
    this.#closed = this.stats();
    this.#waiter.wake();
    await this.#pendingWait;
    this.#source[Symbol.dispose]();
    this.#waiter.close();
    this.object.close();
  }

  /** Closes the stream. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Takes what is there, without waiting, up to a few thousand events. */
  drain(): T[] {
    if (this.#closed !== undefined) return [];
    this.#fill();
    return this.#handOut();
  }

  /** Waits for events and yields them until the stream is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    while (this.#closed === undefined) {
      this.#fill();
      for (let event; (event = this.#queue.shift()) !== undefined;) {
        this.#delivered++;
        yield event;
        if (this.#closed !== undefined) return;
      }
      await (this.#turn > 0 ? setImmediate() : this.#wait());
    }
  }

  /**
   * Where every event went. On perf this first takes what the buffers hold into
   * the queue: what was accepted before and is not there then was lost unsaid.
   */
  stats(): Stats {
    if (this.#closed !== undefined) return this.#closed;
    const count = readCount(this.#stream.count, possibleCpus());
    let silent = 0;
    if (this.transport === "perf") {
      this.#fill();
      silent = Math.max(0, count.accepted - this.#received);
    }
    const seen = { received: this.#received, delivered: this.#delivered };
    return settle(count, { ...seen, silent });
  }

  /** One bounded drain of the kernel's buffers into the queue. */
  #fill(): void {
    this.#turn = 0;
    this.#source.consume();
  }

  #handOut(): T[] {
    this.#delivered += this.#queue.length;
    return this.#queue.splice(0);
  }

  async #wait(): Promise<void> {
    const wait = this.#waiter.readable(this.#source.epollFd, longestWaitMs);
    this.#pendingWait = wait;
    await wait;
  }

  /** A perf record is padded to round_up(n + 4, 8) - 4 bytes; the type says how many count. */
  #decoder(wish: "object" | "bytes"): (sample: Sample) => T {
    const { size, decode } = streamDecoder(this.object, this.#stream);
    return (sample) => {
      if (sample.size < size) throw this.#short(sample.size, size);
      const value = wish === "bytes"
        ? sample.copy(size)
        : decode(sample.view(), 0);
      return value as T;
    };
  }

  #short(had: number, wanted: number): BpfError {
    return new BpfError(`decode an event of stream "${this.#stream.name}"`, {
      cause: `it has ${had} bytes, its type ${wanted}`,
      remedy: "hand ringside_submit() the type given to RINGSIDE_EVENTS()",
    });
  }
}
