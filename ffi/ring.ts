/**
 * A BPF ring buffer, read by libbpf's `ring_buffer`.
 *
 * @module
 */

import { constants } from "node:os";
import { Arena } from "./arena.ts";
import { BpfError } from "./error.ts";
import { Guard } from "./guard.ts";
import { libbpf } from "./libbpf.ts";
import type { BpfMap } from "./map.ts";
import { checkPointer, checkResult, isInterrupted } from "./result.ts";
import type { SampleSink } from "./sample.ts";

/** Takes one record; `false` ends the drain behind it. */
export type RingSink = SampleSink;

/** int (*ring_buffer_sample_fn)(void *ctx, void *data, size_t size); */
const sampleCallback = {
  parameters: ["pointer", "pointer", "usize"],
  result: "i32",
} as const;

/** What the callback answers libbpf to end a drain; the record counts as consumed. */
const stop = -constants.errno.ECANCELED;

/** The reader of one ring. Closing it leaves the map and its positions as they are. */
export class RingBuffer implements Disposable {
  readonly #guard = new Guard();
  readonly #arena = new Arena();
  readonly #callback: Deno.UnsafeCallback<typeof sampleCallback>;
  #ring: Deno.PointerValue = null;
  #taken = 0;
  /** The map's name. */
  readonly name: string;

  private constructor(map: BpfMap, sink: RingSink) {
    this.name = map.name;
    this.#callback = new Deno.UnsafeCallback(
      sampleCallback,
      (_context, data, size) => this.#take(sink, data, Number(size)),
    );
  }

  /** Maps the ring of a loaded object; `sink` gets each record in the order of reservation. */
  static open(map: BpfMap, sink: RingSink): RingBuffer {
    const ring = new RingBuffer(map, sink);
    try {
      ring.#ring = checkPointer(
        `open ring buffer "${map.name}"`,
        libbpf().ring_buffer__new(map.fd, ring.#callback.pointer, null, null),
      );
    } catch (error) {
      ring.#callback.close();
      throw error;
    }
    return ring;
  }

  /** Unmaps the ring; a second call does nothing. Not from within the sink. */
  close(): void {
    if (this.#ring === null) return;
    if (this.#guard.busy) throw this.#error("close", "its sink is running");
    libbpf().ring_buffer__free(this.#ring);
    this.#ring = null;
    this.#callback.close();
  }

  /** Closes the ring. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** An epoll descriptor that is readable while the ring holds records; it is the ring's. */
  get epollFd(): number {
    return libbpf().ring_buffer__epoll_fd(this.#open());
  }

  /** Takes every record that is ready; answers how many. It does not wait. */
  consume(): number {
    return this.#drain(() => libbpf().ring_buffer__consume(this.#open()));
  }

  /**
   * Waits up to `timeoutMs` (-1: for ever) for the ring's wakeup, then takes
   * what is ready; a signal ends the wait. It blocks this thread. A drain without wakeup, as after
   * BPF_RB_NO_WAKEUP, needs {@linkcode RingBuffer.consume}.
   */
  poll(timeoutMs: number): number {
    return this.#drain(() =>
      libbpf().ring_buffer__poll(this.#open(), timeoutMs)
    );
  }

  /** libbpf moves the consumer position behind each callback: no drain inside a drain. */
  #drain(call: () => number): number {
    if (this.#guard.busy) throw this.#error("drain", "its sink is running");
    this.#taken = 0;
    const result = this.#guard.call(call, () => this.#arena.end());
    if (result !== stop && !isInterrupted(result)) {
      checkResult(`drain ring buffer "${this.name}"`, result);
    }
    return this.#taken;
  }

  #take(sink: RingSink, data: Deno.PointerValue, size: number): number {
    let more = true as boolean | void;
    const fine = this.#guard.enter(() => {
      this.#taken++;
      more = sink(this.#arena.lend(data, size));
    });
    return fine && more !== false ? 0 : stop;
  }

  #open(): NonNullable<Deno.PointerValue> {
    if (this.#ring === null) throw this.#error("use", "it is closed");
    return this.#ring;
  }

  #error(verb: string, cause: string): BpfError {
    return new BpfError(`${verb} ring buffer "${this.name}"`, { cause });
  }
}
