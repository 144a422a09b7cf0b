/**
 * Keeps the accounts of a stream's reader.
 *
 * @module
 */

import { BpfError } from "../ffi/error.ts";
import type { Count } from "./account.ts";
import type { Lane } from "./lane.ts";
import type { EventsParts } from "./parts.ts";
import type { Recorder } from "./recorder.ts";
import {
  addUp,
  type Flow,
  type Seen,
  settle,
  settleAtClose,
  type Stats,
} from "./stats.ts";

/** Answers the accounts of all streams or of one, also when they are closed. */
export class Ledger<T> {
  readonly #parts: EventsParts<T>;
  readonly #recorder: Recorder<T> | undefined;
  #last: readonly Flow[] | undefined;

  /** `recorder` is there in overwrite mode. */
  constructor(parts: EventsParts<T>, recorder: Recorder<T> | undefined) {
    this.#parts = parts;
    this.#recorder = recorder;
  }

  /** The account of that stream, of all if none is named. */
  stats(stream?: string): Stats {
    const { lanes, reader, intake } = this.#parts;
    this.#requireStream(stream);
    const flows = (this.#last ?? this.#settle()).filter((_, index) =>
      stream === undefined || lanes[index]?.name === stream
    );
    const { order } = intake;
    return {
      ...addUp(flows),
      ...{ drains: reader.drains, wakeups: reader.wakeups },
      ...(order === undefined ? {} : { order }),
    };
  }

  /** What was on its way will not come any more; what lies in a ring is the next reader's. */
  close(): void {
    const { lanes, accounts, shared, ports } = this.#parts;
    this.#recorder?.count();
    this.#last = this.#settle().map(settleAtClose);
    shared.channels.forEach(({ kind }, stream) => {
      const reads = ports.all.some((port) => port.stream === stream);
      if (kind !== "ring" || !reads) return;
      accounts[stream]?.carry(lanes[stream]?.received ?? 0);
    });
  }

  #settle(): Flow[] {
    const { lanes, accounts } = this.#parts;
    // What the program counted first: what comes meanwhile is not missed then.
    const counts = accounts.map((account) => account.read());
    return lanes.map((lane, stream) => {
      const count = counts[stream] as Count;
      return settle(count, this.#seen(lane, stream, count));
    });
  }

  #seen(lane: Lane<T>, stream: number, { accepted }: Count): Seen {
    const { received, delivered, undecodable, bytes } = lane;
    const recorder = this.#recorder;
    const missed = accepted - received - this.#waiting(stream);
    return {
      ...{ delivered, undecodable, bytes },
      overwritten: recorder?.gone(stream) ?? 0,
      silent: recorder === undefined && this.#isPerf ? Math.max(0, missed) : 0,
    };
  }

  get #isPerf(): boolean {
    return this.#parts.shared.transport === "perf";
  }

  /** Perf: how many events lie in a stream's buffers; the rest of the accepted is gone. */
  #waiting(stream: number): number {
    if (!this.#isPerf || this.#recorder !== undefined) return 0;
    return this.#parts.ports.all.filter((port) => port.stream === stream)
      .reduce((total, { waiting }) => total + waiting, 0);
  }

  #requireStream(name: string | undefined): void {
    const names = this.#parts.lanes.map((lane) => lane.name);
    if (name === undefined || names.includes(name)) return;
    throw new BpfError(`find the account of stream "${name}"`, {
      cause: `there is ${names.join(", ")}`,
    });
  }
}
