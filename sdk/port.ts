/**
 * One buffer of the kernel's, opened for reading: a ring, the ring of one CPU,
 * or the perf buffer of one CPU.
 *
 * @module
 */

import { mapType, overwriteFlag } from "../ffi/bpf_syscall.ts";
import type { BufferState } from "../ffi/buffer_state.ts";
import { possibleCpus } from "../ffi/cpu.ts";
import { Damage } from "../ffi/damage.ts";
import { Descriptor } from "../ffi/descriptor.ts";
import { type KernelMap, knownMap, newMap } from "../ffi/kernel_map.ts";
import { MappedRing } from "../ffi/mapped_ring.ts";
import { PerfEvent } from "../ffi/perf_event.ts";
import type { Quota } from "../ffi/quota.ts";
import type { Sample, SampleSink } from "../ffi/sample.ts";
import type { Tally } from "../ffi/tally.ts";

/** What leads one stream's events here; plain data, for another thread of this process too. */
export interface Channel {
  /** The stream's name. */
  readonly name: string;
  /** One ring for all CPUs, a ring for each, or a perf buffer for each. */
  readonly kind: "ring" | "rings" | "perf";
  /** Descriptor of the ring, of the array of rings, or of the perf event array. */
  readonly fd: number;
  /** Descriptor of the account. */
  readonly countFd: number;
  /** Bytes of the account of one CPU. */
  readonly countBytes: number;
  /** Size of a ring, bytes. */
  readonly ringBytes: number;
}

/** How buffers are opened. */
export interface PortOptions {
  /** Pages of a perf buffer. */
  readonly pages: number;
  /** Perf: wakes for one event in so many. */
  readonly every: number;
  readonly overwrite: boolean;
}

/** Both kinds of mapped buffers. */
type Source = MappedRing | PerfEvent;

/** What is called in the midst of a snapshot, and has nothing to do. */
const none = (): void => {};

/** One buffer with what it takes to close it. */
export class Port implements Disposable {
  readonly #undo: DisposableStack;
  readonly #source: Source;
  /** Where this reader has left off. */
  #position: number;
  /** The stream's place among those of the reader. */
  readonly stream: number;
  /** Its CPU; `undefined` for a ring of all CPUs. */
  readonly cpu: number | undefined;
  /** Every event stamped before has been taken, for the merge: ns on its clock. */
  seenUntil = -Infinity;

  private constructor(
    undo: DisposableStack,
    source: Source,
    stream: number,
    cpu?: number,
  ) {
    this.#undo = undo;
    this.#source = source;
    this.#position = positionOf(source);
    this.stream = stream;
    this.cpu = cpu;
  }

  /** The ring of all CPUs. */
  static ring(channel: Channel, stream: number): Port {
    using undo = new DisposableStack();
    const { ringBytes: size, name } = channel;
    // Who shares the channel may close it first.
    const { fd } = undo.use(new Descriptor(channel.fd, `ring "${name}"`));
    const ring = undo.use(new MappedRing({ fd, size, name }));
    return new Port(undo.move(), ring, stream);
  }

  /** A new ring, put into the CPU's slot of the array. */
  static ringOf(
    cpu: number,
    channel: Channel,
    stream: number,
    options: PortOptions,
  ): Port {
    using undo = new DisposableStack();
    const { ringBytes: size, name } = channel;
    const map = undo.use(newMap(`${name} of CPU ${cpu}`, {
      type: mapType.ringbuf,
      maxEntries: size,
      flags: options.overwrite ? overwriteFlag : 0,
    }));
    const ring = undo.use(new MappedRing({ fd: map.fd, size, name: map.name }));
    undo.use(new Slot(channel, cpu, map.fd));
    return new Port(undo.move(), ring, stream, cpu);
  }

  /** A new perf event, put into the CPU's slot. */
  static perf(
    cpu: number,
    channel: Channel,
    stream: number,
    options: PortOptions,
  ): Port {
    using undo = new DisposableStack();
    const { pages, every: wakeupEvents, overwrite } = options;
    const event = undo.use(
      new PerfEvent({ cpu, pages, wakeupEvents, overwrite }),
    );
    undo.use(new Slot(channel, cpu, event.fd));
    return new Port(undo.move(), event, stream, cpu);
  }

  /** Closes the buffer; events sent there are counted as sent to nobody from now on. */
  [Symbol.dispose](): void {
    this.#undo.dispose();
  }

  /** What poll(2) waits for. */
  get fd(): number {
    return this.#source.fd;
  }

  /** Bytes and positions. */
  get state(): BufferState {
    return this.#source.state;
  }

  /**
   * Takes what was there when it was called; false if the quota, or `sink` by
   * `false`, ended it. That somebody else reads the buffer too is a
   * {@linkcode Damage}, told once.
   */
  drain(sink: SampleSink, quota: Quota, tally?: Tally): boolean {
    this.#requirePosition();
    try {
      return this.#source.drain(sink, quota, tally);
    } finally {
      this.#position = positionOf(this.#source);
    }
  }

  /** What somebody else has taken is gone; a position that is none of those before the reader is put right. */
  #requirePosition(): void {
    const mine = this.#position;
    const consumer = positionOf(this.#source);
    if (consumer === mine) return;
    const { producer } = this.#source.state;
    const taken = consumer > mine && consumer <= producer;
    if (taken) this.#position = consumer;
    else if (this.#source instanceof PerfEvent) this.#source.tail = mine;
    else this.#source.consumer = mine;
    const buffer = this.cpu === undefined
      ? "the ring"
      : `the buffer of CPU ${this.cpu}`;
    throw new Damage(
      buffer,
      `somebody else has moved its reader's position from ${mine} to ${consumer}`,
      taken ? consumer - mine : 0,
    );
  }

  /**
   * Overwrite mode: what is there, oldest first, which stays there. A perf
   * buffer has to be paused, and nobody in the midst of writing to it.
   */
  snapshot(sink: (sample: Sample) => void): void {
    this.#source.snapshot(sink, none);
  }

  /** How many events lie there to be drained, as far as they make sense; it looks at each. */
  get waiting(): number {
    return this.#source.waiting;
  }

  /** Stops a perf buffer from taking events, or lets it again; false for a ring. */
  turn(to: "pause" | "resume"): boolean {
    if (!(this.#source instanceof PerfEvent)) return false;
    this.#source[to]();
    return true;
  }
}

/** How far a buffer's reader has come; of one that overwrites there is none. */
function positionOf(source: Source): number {
  return source instanceof PerfEvent ? source.tail : source.consumer;
}

/** What stands in a CPU's slot of an array, until it is disposed. */
class Slot implements Disposable {
  readonly #map: KernelMap;
  readonly #key: Uint8Array<ArrayBuffer>;

  constructor({ name, kind, fd: array }: Channel, cpu: number, fd: number) {
    using undo = new DisposableStack();
    this.#map = undo.use(knownMap(array, {
      name: `${name}_${kind}`,
      type: kind === "perf" ? mapType.perfEventArray : mapType.arrayOfMaps,
      ...{ keySize: 4, valueSize: 4, maxEntries: possibleCpus() },
    }));
    this.#key = word(cpu);
    this.#map.update(this.#key, word(fd));
    undo.move();
  }

  /** Empties it: the kernel would do so only when the array's descriptor is closed. */
  [Symbol.dispose](): void {
    using _ = this.#map;
    this.#map.delete(this.#key);
  }
}

function word(value: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Uint32Array([value]).buffer);
}
