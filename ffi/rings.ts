/**
 * Several ring buffers behind one epoll descriptor, read by libbpf's
 * `ring_buffer`.
 *
 * @module
 */

import { Arena } from "./arena.ts";
import { BpfError } from "./error.ts";
import { Guard } from "./guard.ts";
import { libbpf } from "./libbpf.ts";
import type { BpfMap } from "./map.ts";
import { checkPointer, checkResult, isInterrupted } from "./result.ts";
import type { Sample } from "./sample.ts";

/** int (*ring_buffer_sample_fn)(void *ctx, void *data, size_t size); */
const sampleCallback = {
  parameters: ["pointer", "pointer", "usize"],
  result: "i32",
} as const;

type Callback = Deno.UnsafeCallback<typeof sampleCallback>;

/** Takes one record of one of the rings. */
export type RingsSink = (borrowed: Sample, ring: string) => void;

/** The reader of several rings; their order among each other is libbpf's. */
export class Rings implements Disposable {
  readonly #guard = new Guard();
  readonly #arena = new Arena();
  readonly #callbacks: Callback[] = [];
  #rings: Deno.PointerValue = null;

  /** Maps the rings of a loaded object, at least one; `sink` is told each record's ring by name. */
  constructor(maps: readonly BpfMap[], sink: RingsSink) {
    try {
      for (const map of maps) this.#add(map, sink);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Unmaps the rings; a second call does nothing. Not from within the sink. */
  close(): void {
    if (this.#guard.busy) throw this.#error("close", "its sink is running");
    if (this.#rings !== null) libbpf().ring_buffer__free(this.#rings);
    this.#rings = null;
    for (const callback of this.#callbacks.splice(0)) callback.close();
  }

  /** Closes the rings. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** An epoll descriptor that is readable while any of the rings holds records. */
  get epollFd(): number {
    return libbpf().ring_buffer__epoll_fd(this.#open());
  }

  /** Waits up to `timeoutMs` for any ring, then takes what the woken ones hold; answers how many. */
  poll(timeoutMs: number): number {
    const result = this.#guard.call(
      () => libbpf().ring_buffer__poll(this.#open(), timeoutMs),
      () => this.#arena.end(),
    );
    if (isInterrupted(result)) return 0;
    return checkResult("drain several ring buffers", result);
  }

  #add(map: BpfMap, sink: RingsSink): void {
    const callback = new Deno.UnsafeCallback(
      sampleCallback,
      (_context, data, size) => {
        const sample = (): void =>
          sink(this.#arena.lend(data, Number(size)), map.name);
        return this.#guard.enter(sample) ? 0 : -1;
      },
    );
    this.#callbacks.push(callback);
    const action = `open ring buffer "${map.name}"`;
    const { pointer } = callback;
    if (this.#rings === null) {
      const rings = libbpf().ring_buffer__new(map.fd, pointer, null, null);
      this.#rings = checkPointer(action, rings);
    } else {
      const added = libbpf().ring_buffer__add(
        this.#rings,
        map.fd,
        pointer,
        null,
      );
      checkResult(action, added);
    }
  }

  #open(): NonNullable<Deno.PointerValue> {
    if (this.#rings !== null) return this.#rings;
    throw this.#error("use", "they are closed");
  }

  #error(verb: string, cause: string): BpfError {
    return new BpfError(`${verb} several ring buffers`, { cause });
  }
}
