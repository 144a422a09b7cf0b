/**
 * Keeps the accounts of a stream's reader.
 *
 * @module
 */

import { BpfError } from "../ffi/error.ts";
import { recordHeader } from "../ffi/ring_records.ts";
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
  stats(stream?: string): Omit<Stats, "busyMs"> {
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
    try {
      this.#recorder?.count();
    } finally {
      this.#last = this.#settle().map(settleAtClose);
    }
    const last = this.#last;
    shared.channels.forEach(({ kind }, stream) => {
      const reads = ports.all.some((port) => port.stream === stream);
      if (kind !== "ring" || !reads) return;
      const { received = 0 } = lanes[stream] ?? {};
      const { damaged = 0 } = last[stream]?.lostBy ?? {};
      accounts[stream]?.carry(received + damaged);
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
    const seen = { delivered, undecodable, bytes, silent: 0, damaged: 0 };
    const recorder = this.#recorder;
    if (recorder !== undefined) {
      return { ...seen, overwritten: recorder.gone(stream) };
    }
    // What a ring has taken is there, as long as nothing of it was given up.
    const damagedBytes = this.#parts.ports.damagedBytes(stream);
    const missed = damagedBytes > 0 || this.#isPerf
      ? Math.max(0, accepted - received - this.#waiting(stream))
      : 0;
    const most = Math.ceil(damagedBytes / (recordHeader + lane.size));
    const damaged = Math.min(missed, most);
    const silent = this.#isPerf ? missed - damaged : 0;
    return { ...seen, damaged, silent, overwritten: 0 };
  }

  get #isPerf(): boolean {
    return this.#parts.shared.transport === "perf";
  }

  /** How many events lie in a stream's buffers; the rest of the accepted is gone. */
  #waiting(stream: number): number {
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
