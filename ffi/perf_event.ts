/**
 * One CPU's perf event of BPF output with its buffer, read without libbpf.
 *
 * @module
 */

import { pageSize } from "./bpf_syscall.ts";
import type { BufferState } from "./buffer_state.ts";
import { BpfError } from "./error.ts";
import { gracePeriod } from "./grace_period.ts";
import { errno, libc } from "./libc.ts";
import { MappedMemory } from "./mapped_memory.ts";
import { Mapping } from "./mapping.ts";
import { openPerfEvent, type PerfAttributes } from "./perf_event_open.ts";
import { drainPerf } from "./perf_drain.ts";
import {
  countSamples,
  type PerfMemory,
  perfMemory,
  perfWord,
} from "./perf_records.ts";
import { copyBackward, handOver, writtenBackward } from "./perf_snapshot.ts";
import type { Quota } from "./quota.ts";
import type { SampleSink } from "./sample.ts";
import type { Tally } from "./tally.ts";

/** PERF_EVENT_IOC_PAUSE_OUTPUT of linux/perf_event.h: _IOW('$', 9, __u32). */
const pauseOutput = 0x40042409n;

/** What refuses the mapping of a buffer: its pages are locked memory. */
const remedies = {
  EPERM: "raise kernel.perf_event_mlock_kb or RLIMIT_MEMLOCK, or ask for less",
  EINVAL: "a perf buffer is a power of two of pages",
};

/** How to open an event. */
export interface PerfEventOptions extends PerfAttributes {
  /** Data pages, a power of two. */
  readonly pages: number;
  /** An event of somebody's that is open already, and that stays theirs. */
  readonly fd?: number;
}

/**
 * A perf event with its buffer; it counts from the moment it is opened. With
 * `overwrite` nobody consumes it: its newest samples take the place of the
 * oldest, and {@linkcode PerfEvent.snapshot} reads it.
 */
export class PerfEvent implements Disposable {
  readonly #mapping: Mapping;
  readonly #overwrite: boolean;
  readonly #owned: boolean;
  readonly #memory: MappedMemory<PerfMemory>;
  #paused = false;
  #told = 0;
  /** What stands in a perf event array's slot; poll(2) tells once that there are samples. */
  readonly fd: number;
  /** The CPU whose samples it takes. */
  readonly cpu: number;

  /** Opens the event and maps its buffer. */
  constructor(options: PerfEventOptions) {
    const { cpu, pages, overwrite = false } = options;
    this.cpu = cpu;
    this.#overwrite = overwrite;
    this.#owned = options.fd === undefined;
    this.fd = options.fd ?? openPerfEvent(options);
    const page = pageSize();
    try {
      // What is mapped for reading only is not kept from being overwritten.
      this.#mapping = new Mapping(`the perf buffer of CPU ${cpu}`, {
        ...{ fd: this.fd, offset: 0, length: (1 + pages) * page },
        writable: !overwrite,
        remedies,
      });
    } catch (error) {
      if (this.#owned) libc().close(this.fd);
      throw error;
    }
    this.#memory = new MappedMemory(
      `the perf event of CPU ${cpu}`,
      perfMemory(cpu, this.#mapping.memory, page),
    );
  }

  /** Unmaps the buffer and closes the event; a second call does nothing. Not from within a sink. */
  close(): void {
    if (!this.#memory.close()) return;
    this.#mapping.close();
    if (this.#owned) libc().close(this.fd);
  }

  /** Closes the event. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Hands the samples up to the kernel's head of now to `sink`, in the order in
   * which they were written, until the sink answers `false`: that ends it behind
   * this sample, and is answered by `false`, all else by `true`. A sample may be
   * read until the sink returns. What the sink throws comes out; the sample it
   * threw at is consumed. A sample that claims more bytes than its record has is
   * consumed, and a {@linkcode Damage}; as is all up to the kernel's head where
   * nothing makes sense.
   *
   * Room is given back at the latest when half the buffer is consumed, and at
   * the end. Records of other kinds are skipped; see {@linkcode PerfEvent.told}.
   */
  drain(sink: SampleSink, quota?: Quota, tally?: Tally): boolean {
    this.#refuseToOverwrite("drain");
    const lost = (count: number): void => void (this.#told += count);
    return this.#memory.read(
      "drain",
      (memory) => drainPerf(memory, sink, lost, quota, tally),
    );
  }

  /** Samples that the kernel had no room for, as far as it has told: in front of the next one that fits. */
  get told(): number {
    return this.#told;
  }

  /**
   * Has the kernel drop what is sent from now on: PERF_EVENT_IOC_PAUSE_OUTPUT
   * (86e7972f690c ("perf/ring_buffer: Introduce new ioctl options to pause and
   * resume the ring-buffer"), Linux 4.7). A sample that is being written at this
   * moment is not dropped.
   */
  pause(): void {
    this.#output("pause", 1n);
    this.#paused = true;
  }

  /** Has the kernel take samples again. */
  resume(): void {
    this.#output("resume", 0n);
    this.#paused = false;
  }

  /**
   * Hands the samples that an `overwrite` event holds to `sink`, the oldest
   * first, none of them torn, until it answers `false`. The event is paused
   * while it is copied, some ten milliseconds (see ffi/grace_period.ts), and
   * goes on before the sink is called, unless it was paused before. Who has
   * paused it and waited for a grace period since says so by a `grace` of none.
   */
  snapshot(sink: SampleSink, grace: () => void = gracePeriod): void {
    if (!this.#overwrite) {
      throw this.#memory.error(
        "take a snapshot of",
        "it was opened to be drained",
      );
    }
    this.#memory.read("read", (memory) => {
      handOver(memory, this.#copy(memory, grace), sink);
    });
  }

  /** How many samples there are to be drained. */
  get waiting(): number {
    return countSamples(this.#memory.open("count"));
  }

  /** Where both sides stand. */
  get state(): BufferState {
    const memory = this.#memory.open("ask");
    const { size } = memory;
    if (this.#overwrite) {
      const producer = Number(writtenBackward(memory));
      const overwrite = Math.max(0, producer - size);
      const available = producer - overwrite;
      return { size, available, consumer: 0, producer, overwrite, busy: false };
    }
    const { tail: consumer, head: producer } = this;
    const available = producer - consumer;
    return { size, available, consumer, producer, overwrite: 0, busy: false };
  }

  /** Bytes that the kernel has written so far, unless it writes backward. */
  get head(): number {
    return Number(
      Atomics.load(this.#memory.open("ask").positions, perfWord.head),
    );
  }

  /** How far the buffer has been read. */
  get tail(): number {
    return Number(
      Atomics.load(this.#memory.open("ask").positions, perfWord.tail),
    );
  }

  /** The kernel believes what is written here. */
  set tail(position: number) {
    this.#refuseToOverwrite("move");
    const { positions } = this.#memory.open("move");
    Atomics.store(positions, perfWord.tail, BigInt(position));
  }

  /** UNSAFE: the buffer for a thread that is closed before it: control page, then data. */
  get memory(): { address: bigint; length: number; page: number } {
    const { size } = this.#memory.open("use");
    const page = pageSize();
    return { address: this.#mapping.address, length: page + size, page };
  }

  /** A copy of the buffer's data from `from` on. */
  copy(from: number, length: number): Uint8Array<ArrayBuffer> {
    const { data } = this.#memory.open("copy");
    return new Uint8Array(data.buffer, data.byteOffset + from, length).slice();
  }

  /** Gives the buffer's space up to `head` back to the kernel. */
  consume(): void {
    this.#refuseToOverwrite("empty");
    const { positions } = this.#memory.open("empty");
    const head = Atomics.load(positions, perfWord.head);
    Atomics.store(positions, perfWord.tail, head);
  }

  /** What read(2) tells: the count, then what read_format asks for. */
  read(): number[] {
    this.#memory.open("read");
    const words = new BigUint64Array(4);
    const bytes = libc().read(this.fd, new Uint8Array(words.buffer), 32n);
    if (bytes < 0n) throw this.#refused("read");
    return [...words.subarray(0, Number(bytes) / 8)].map(Number);
  }

  /**
   * Copies what the buffer holds while nobody writes. Writers that passed the
   * pause before it was set are inside rcu_read_lock() until they are done
   * (kernel/events/ring_buffer.c, perf_output_begin()): a grace period sees
   * the last of them off.
   */
  #copy(memory: PerfMemory, grace: () => void): DataView<ArrayBuffer> {
    const paused = this.#paused;
    if (!paused) this.pause();
    try {
      grace();
      return copyBackward(memory);
    } finally {
      if (!paused) this.resume();
    }
  }

  /** A write to what is mapped for reading ends the process. */
  #refuseToOverwrite(verb: string): void {
    if (!this.#overwrite) return;
    throw this.#memory.error(verb, "its old samples give way to new ones");
  }

  #output(verb: string, paused: bigint): void {
    this.#memory.open(verb);
    const result = libc().ioctl(this.fd, pauseOutput, paused);
    if (result < 0) throw this.#refused(verb);
  }

  #refused(verb: string): BpfError {
    const what = `${verb} the perf event of CPU ${this.cpu}`;
    return new BpfError(what, { errno: errno() });
  }
}
