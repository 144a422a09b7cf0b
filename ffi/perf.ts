/**
 * A perf buffer, one ring for each CPU, read by libbpf's `perf_buffer`.
 *
 * @module
 */

import { Arena } from "./arena.ts";
import { Descriptor } from "./descriptor.ts";
import { BpfError } from "./error.ts";
import { Guard } from "./guard.ts";
import { libbpf } from "./libbpf.ts";
import type { BpfMap } from "./map.ts";
import { checkPointer, checkResult, isInterrupted } from "./result.ts";
import type { Sample } from "./sample.ts";

/**
 * Takes what a CPU's buffer holds. What it throws comes out of the drain; the
 * records behind it in the same CPU's buffer are gone then, since libbpf takes
 * the buffer whole.
 */
export interface PerfSink {
  /**
   * One record of `cpu`. Its size is round_up(n + 4, 8) - 4 for n bytes sent:
   * the kernel pads, and what stands in the padding means nothing. `false`
   * ends the drain behind this CPU's buffer: libbpf takes it whole.
   */
  sample(borrowed: Sample, cpu: number): boolean | void;
  /**
   * The kernel had no room for `count` records of `cpu`. It is told in front of
   * the next record that fits, never by itself (PERF_RECORD_LOST).
   */
  lost(count: number, cpu: number): void;
}

/** void (*perf_buffer_sample_fn)(void *ctx, int cpu, void *data, __u32 size); */
const sampleCallback = {
  parameters: ["pointer", "i32", "pointer", "u32"],
  result: "void",
} as const;

/**
 * The size of a record is 16 bits (struct perf_event_header), head and length of
 * the sample included. The helper takes more and the record is then cut to the
 * lower 16 bits, while the length inside it says what was sent: to read that
 * many bytes is to read what is not there.
 */
const largestSample = 65535 - 8 - 4;

function oversized(size: number): string {
  return `a sample claims ${size} bytes, and a record holds ${largestSample}`;
}

/** void (*perf_buffer_lost_fn)(void *ctx, int cpu, __u64 cnt); */
const lostCallback = {
  parameters: ["pointer", "i32", "u64"],
  result: "void",
} as const;

/** The reader of all CPUs' buffers. Closing it empties the map's slots. */
export class PerfBuffer implements Disposable {
  readonly #guard = new Guard();
  readonly #arena = new Arena();
  readonly #sample: Deno.UnsafeCallback<typeof sampleCallback>;
  readonly #lost: Deno.UnsafeCallback<typeof lostCallback>;
  readonly #map: Descriptor;
  #perf: Deno.PointerValue = null;
  #taken = 0;
  #enough = false;
  #first = 0;
  /** The map's name. */
  readonly name: string;

  private constructor(map: BpfMap, sink: PerfSink) {
    this.name = map.name;
    // libbpf empties the map's slots by this number when it frees the buffers;
    // the object's own may be closed, and be another's, by then.
    this.#map = new Descriptor(map.fd, `map "${map.name}"`);
    this.#sample = new Deno.UnsafeCallback(
      sampleCallback,
      (_context, cpu, data, size) => {
        this.#guard.enter(() => {
          if (size > largestSample) throw this.#error("read", oversized(size));
          this.#taken++;
          const more = sink.sample(this.#arena.lend(data, size, cpu), cpu);
          if (more === false) this.#enough = true;
        });
      },
    );
    this.#lost = new Deno.UnsafeCallback(
      lostCallback,
      (_context, cpu, count) => {
        this.#guard.enter(() => sink.lost(Number(count), cpu));
      },
    );
  }

  /**
   * Opens a buffer of `pages` pages (a power of two; one more page is the
   * header) on each online CPU, for the perf event array of a loaded object.
   */
  static open(map: BpfMap, pages: number, sink: PerfSink): PerfBuffer {
    const perf = new PerfBuffer(map, sink);
    try {
      perf.#perf = checkPointer(
        `open perf buffer "${map.name}" of ${pages} pages for each CPU`,
        libbpf().perf_buffer__new(
          perf.#map.fd,
          BigInt(pages),
          perf.#sample.pointer,
          perf.#lost.pointer,
          null,
          null,
        ),
        { EINVAL: "a perf buffer is a power of two of pages" },
      );
    } catch (error) {
      perf.#closeRest();
      throw error;
    }
    return perf;
  }

  /** Ends the subscription; a second call does nothing. Not from within the sink. */
  close(): void {
    if (this.#perf === null) return;
    if (this.#guard.busy) throw this.#error("close", "its sink is running");
    libbpf().perf_buffer__free(this.#perf);
    this.#perf = null;
    this.#closeRest();
  }

  /** Closes the perf buffer. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** An epoll descriptor of all CPUs' buffers; each one's readiness is told once. */
  get epollFd(): number {
    return libbpf().perf_buffer__epoll_fd(this.#open());
  }

  /** The events of the online CPUs, ascending, for who maps their buffers too. */
  get fds(): number[] {
    const perf = this.#open();
    const { perf_buffer__buffer_cnt, perf_buffer__buffer_fd } = libbpf();
    const count = Number(perf_buffer__buffer_cnt(perf));
    return Array.from(
      { length: count },
      (_, index) =>
        checkResult(
          `find buffer ${index} of perf buffer "${this.name}"`,
          perf_buffer__buffer_fd(perf, BigInt(index)),
        ),
    );
  }

  /**
   * Takes the records of one CPU after the other, until the sink has enough;
   * answers how many. It does not wait. The next drain begins where this one
   * was ended, so that no CPU is starved.
   */
  consume(): number {
    const perf = this.#open();
    const cpus = Number(libbpf().perf_buffer__buffer_cnt(perf));
    const first = this.#first;
    let total = 0;
    this.#first = 0;
    this.#enough = false;
    for (let turn = 0; turn < cpus; turn++) {
      const index = (first + turn) % cpus;
      total += this.#drain(() =>
        libbpf().perf_buffer__consume_buffer(perf, BigInt(index))
      );
      if (!this.#enough) continue;
      this.#first = (index + 1) % cpus;
      break;
    }
    return total;
  }

  /** Waits up to `timeoutMs` (-1: for ever), then takes what the woken CPUs' buffers hold. */
  poll(timeoutMs: number): number {
    return this.#drain(() =>
      libbpf().perf_buffer__poll(this.#open(), timeoutMs)
    );
  }

  /** libbpf moves the tail behind a whole buffer: no drain inside a drain. */
  #drain(call: () => number): number {
    if (this.#guard.busy) throw this.#error("drain", "its sink is running");
    this.#taken = 0;
    const result = this.#guard.call(call, () => this.#arena.end());
    if (!isInterrupted(result)) {
      checkResult(`drain perf buffer "${this.name}"`, result);
    }
    return this.#taken;
  }

  #open(): NonNullable<Deno.PointerValue> {
    if (this.#perf === null) throw this.#error("use", "it is closed");
    return this.#perf;
  }

  #closeRest(): void {
    this.#map.close();
    this.#sample.close();
    this.#lost.close();
  }

  #error(verb: string, cause: string): BpfError {
    return new BpfError(`${verb} perf buffer "${this.name}"`, { cause });
  }
}
