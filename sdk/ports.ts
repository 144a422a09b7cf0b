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

/** The buffers of some streams. */
export class Ports implements Disposable {
  readonly #epoll = new Epoll();
  readonly #channels: readonly Channel[];
  readonly #cpus: ReadonlySet<number> | undefined;
  readonly #options: PortOptions;
  #ports: Port[] = [];

  /** Opens a buffer for each online CPU of `cpus` (all, if not given) where the kind wants it. */
  constructor(
    channels: readonly Channel[],
    cpus: readonly number[] | undefined,
    options: PortOptions,
  ) {
    this.#channels = channels;
    this.#cpus = cpus && new Set(cpus);
    this.#options = options;
    try {
      channels.forEach((channel, stream) => {
        // Whoever reads no CPU leaves the one ring to others.
        if (channel.kind === "ring" && this.#cpus?.size !== 0) {
          this.#add(Port.ring(channel, stream));
        }
      });
      this.follow(() => false);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Closes all of them. */
  [Symbol.dispose](): void {
    for (const port of this.#ports.splice(0)) this.#remove(port);
    this.#epoll[Symbol.dispose]();
  }

  /** The buffers that are open, those of one CPU in the order of the streams. */
  get all(): readonly Port[] {
    return this.#ports;
  }

  /** Readable when one of them may have events. */
  get epollFd(): number {
    return this.#epoll.fd;
  }

  /**
   * Opens buffers for CPUs that came online, and opens those anew that are
   * `dead`: the perf event of a CPU that went offline stays dead when it comes
   * back. Answers whether anything changed.
   */
  follow(dead: (port: Port) => boolean): boolean {
    const online = onlineCpus().filter((cpu) => this.#cpus?.has(cpu) ?? true);
    const before = this.#ports;
    this.#ports = before.filter((port) => !dead(port));
    for (const port of before) {
      if (!this.#ports.includes(port)) this.#remove(port);
    }
    const kept = this.#ports.length;
    this.#channels.forEach((channel, stream) => {
      if (channel.kind === "ring") return;
      const had = this.#ports.filter((port) => port.stream === stream)
        .map(({ cpu }) => cpu);
      for (const cpu of online.filter((one) => !had.includes(one))) {
        this.#open(cpu, channel, stream);
      }
    });
    return kept !== before.length || kept !== this.#ports.length;
  }

  #open(cpu: number, channel: Channel, stream: number): void {
    const open = channel.kind === "perf" ? Port.perf : Port.ringOf;
    try {
      this.#add(open(cpu, channel, stream, this.#options));
    } catch (error) {
      // perf_event_open(2): the CPU has gone offline meanwhile.
      const { ENODEV } = constants.errno;
      if (!(error instanceof BpfError && error.errno === ENODEV)) throw error;
    }
  }

  #add(port: Port): void {
    try {
      this.#epoll.add(port.fd);
    } catch (error) {
      port[Symbol.dispose]();
      throw error;
    }
    this.#ports.push(port);
  }

  #remove(port: Port): void {
    this.#epoll.remove(port.fd);
    port[Symbol.dispose]();
  }
}
