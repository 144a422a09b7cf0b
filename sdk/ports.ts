/**
 * All buffers of a reader behind one wait; CPUs come and go.
 *
 * @module
 */

import { constants } from "node:os";
import { onlineCpus } from "../ffi/cpu.ts";
import { Epoll } from "../ffi/epoll.ts";
import { BpfError } from "../ffi/error.ts";
import { type Channel, Port, type PortOptions } from "./port.ts";
import type { Seats } from "./seats.ts";

/** What the ports of a reader are. */
export interface PortsOptions extends PortOptions {
  /** Only these CPUs; all that are online, if not given. */
  readonly cpus: readonly number[] | undefined;
  readonly seats: Seats;
}

/** The buffers of some streams. */
export class Ports implements Disposable {
  readonly #epoll = new Epoll();
  readonly #channels: readonly Channel[];
  readonly #options: PortsOptions;
  readonly #open = new Map<Port, Disposable>();
  readonly #damaged = new Map<number, number>();
  #all: readonly Port[] = [];
  #paused = false;

  /** Opens the one ring, or a buffer for each online CPU that is wanted, of each stream. */
  constructor(channels: readonly Channel[], options: PortsOptions) {
    this.#channels = channels;
    this.#options = options;
    try {
      channels.forEach((channel, stream) => {
        if (channel.kind === "ring") this.#openRing(channel, stream);
      });
      for (const [stream, cpu] of this.#missing()) this.#openCpu(stream, cpu);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Closes all of them. */
  [Symbol.dispose](): void {
    using undo = new DisposableStack();
    undo.use(this.#epoll);
    for (const port of this.#all) undo.defer(() => this.#remove(port));
    this.#all = [];
  }

  /** The buffers that are open, those of one stream behind each other. */
  get all(): readonly Port[] {
    return this.#all;
  }

  /** Readable when one of them may have events. */
  get epollFd(): number {
    return this.#epoll.fd;
  }

  /** Stops perf buffers from taking events, or lets them again; false where there are rings. */
  turn(to: "pause" | "resume"): boolean {
    if (!this.#all.every((port) => port.turn(to))) return false;
    this.#paused = to === "pause";
    return true;
  }

  /** Bytes of that stream that lay where a buffer made no sense, over all such times. */
  damagedBytes(stream: number): number {
    return this.#damaged.get(stream) ?? 0;
  }

  /** So many more bytes of that stream may be gone by damage. */
  damage(stream: number, bytes: number): void {
    this.#damaged.set(stream, this.damagedBytes(stream) + bytes);
  }

  /** Whether the user has paused them. */
  get paused(): boolean {
    return this.#paused;
  }

  /**
   * Opens buffers for CPUs that came online, and opens those anew that are
   * `dead`: the perf event of a CPU that went offline stays dead when it comes
   * back. A CPU whose buffer cannot be had has nobody listening, which is
   * counted, and is tried again the next time.
   */
  follow(dead: (port: Port) => boolean): void {
    const before = this.#all;
    this.#all = before.filter((port) => !dead(port));
    for (const port of before) {
      if (!this.#all.includes(port)) this.#remove(port);
    }
    for (const [stream, cpu] of this.#missing()) {
      try {
        this.#openCpu(stream, cpu);
      } catch (error) {
        if (!(error instanceof BpfError)) throw error;
      }
    }
  }

  /** Of each stream the CPUs that are online and wanted, and have no buffer. */
  #missing(): (readonly [stream: number, cpu: number])[] {
    const { cpus } = this.#options;
    const wanted = onlineCpus().filter((cpu) => cpus?.includes(cpu) ?? true);
    return this.#channels.flatMap(({ kind }, stream) => {
      if (kind === "ring") return [];
      const had = this.#all.filter((port) => port.stream === stream)
        .map(({ cpu }) => cpu);
      return wanted.filter((cpu) => !had.includes(cpu))
        .map((cpu) => [stream, cpu] as const);
    });
  }

  /** One ring serves all CPUs: it is read whole, or left to others. */
  #openRing(channel: Channel, stream: number): void {
    const { cpus } = this.#options;
    if (cpus?.length === 0) return;
    if (cpus === undefined) {
      return this.#add(stream, undefined, () => Port.ring(channel, stream));
    }
    throw new BpfError(`read CPU ${cpus} of stream "${channel.name}"`, {
      cause: "its one ring serves all CPUs",
      remedy: "declare it with RINGSIDE_EVENTS_PER_CPU(), or leave out cpus",
    });
  }

  #openCpu(stream: number, cpu: number): void {
    const channel = this.#channels[stream] as Channel;
    const open = channel.kind === "perf" ? Port.perf : Port.ringOf;
    try {
      this.#add(stream, cpu, () => open(cpu, channel, stream, this.#options));
    } catch (error) {
      // perf_event_open(2): the CPU has gone offline meanwhile.
      const { ENODEV } = constants.errno;
      if (!(error instanceof BpfError && error.errno === ENODEV)) throw error;
    }
  }

  #add(stream: number, cpu: number | undefined, open: () => Port): void {
    using undo = new DisposableStack();
    undo.use(this.#options.seats.take(stream, cpu));
    const port = undo.use(open());
    if (this.#paused) port.turn("pause");
    this.#epoll.add(port.fd);
    undo.defer(() => this.#epoll.remove(port.fd));
    this.#open.set(port, undo.move());
    this.#all = [...this.#all, port];
  }

  #remove(port: Port): void {
    this.#open.get(port)?.[Symbol.dispose]();
    this.#open.delete(port);
  }
}
