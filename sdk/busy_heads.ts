/**
 * Notices producers that never submit.
 *
 * @module
 */

import type { Port } from "./port.ts";
import type { BusyHead, Warning } from "./warning.ts";

/** What of a buffer is looked at. */
export type Watched = Pick<Port, "stream" | "cpu" | "state">;

/** How to watch. */
export interface BusyOptions {
  /** The streams' names, in the order that buffers number them in. */
  readonly names: readonly string[];
  /** How long a head may be busy, ms. */
  readonly mostMs: number;
  /** Is told of each record once. */
  readonly warn: ((warning: Warning) => void) | undefined;
}

/** Looks are at most so far apart, ms. */
const mostApartMs = 100;

/** A record at a buffer's head that is reserved and not submitted. */
interface Head {
  readonly position: number;
  /** When it was seen first. */
  readonly since: number;
  readonly told: boolean;
}

/** Watches the heads of buffers: a record that is not submitted holds back all behind it. */
export class BusyHeads {
  readonly #options: BusyOptions;
  readonly #apartMs: number;
  #heads: ReadonlyMap<Watched, Head> = new Map();
  #looked = -Infinity;

  /** Nothing was seen yet. */
  constructor(options: BusyOptions) {
    this.#options = options;
    this.#apartMs = Math.min(mostApartMs, options.mostMs / 2);
  }

  /**
   * For how long the head that is busy the longest has been seen so, of all streams
   * or of one, ms; 0 where none is.
   */
  longestMs(stream?: string): number {
    const { names } = this.#options;
    const since = [...this.#heads].filter(([port]) =>
      stream === undefined || names[port.stream] === stream
    ).map(([, head]) => head.since);
    return since.length === 0 ? 0 : this.#looked - Math.min(...since);
  }

  /** To be called often; it looks now and then. What a listener throws is reported as an uncaught error. */
  look(ports: readonly Watched[], now: number = performance.now()): void {
    if (now - this.#looked < this.#apartMs) return;
    this.#looked = now;
    this.#heads = new Map(ports.flatMap((port) => {
      const { busy, consumer } = port.state;
      return busy ? [[port, this.#seen(port, consumer, now)] as const] : [];
    }));
  }

  #seen(port: Watched, position: number, now: number): Head {
    const before = this.#heads.get(port);
    if (before === undefined || before.position !== position) {
      return { position, since: now, told: false };
    }
    const ms = now - before.since;
    if (before.told || ms < this.#options.mostMs) return before;
    const { stream, cpu } = port;
    this.#warn({
      ...{ is: "busy", stream: this.#options.names[stream] ?? "" },
      ...(cpu === undefined ? {} : { cpu }),
      ...{ position, ms },
    });
    return { ...before, told: true };
  }

  #warn(warning: BusyHead): void {
    try {
      this.#options.warn?.(warning);
    } catch (error) {
      reportError(error);
    }
  }
}
