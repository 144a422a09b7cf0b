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
  #last: ReadonlyMap<string | undefined, Stats> | undefined;

  /** `recorder` is there in overwrite mode. */
  constructor(parts: EventsParts<T>, recorder: Recorder<T> | undefined) {
    this.#parts = parts;
    this.#recorder = recorder;
  }

  /** The account of that stream, of all if none is named. */
  stats(stream?: string): Stats {
    this.#requireStream(stream);
    return this.#last?.get(stream) ?? this.#settle(stream);
  }

  /** What was on its way will not come any more. */
  close(): void {
    const names = this.#parts.lanes.map(({ name }) => name);
    this.#last = new Map(
      [undefined, ...names].map((
        name,
      ) => [name, settleAtClose(this.#settle(name))]),
    );
  }

  #settle(stream: string | undefined): Stats {
    const { lanes, accounts, reader, intake } = this.#parts;
    // What the program counted first: what comes meanwhile is not missed then.
    const counts = accounts.map((account) => account.read());
    const swept = this.#sweep();
    const flows = lanes.map((_, index) =>
      this.#flow(index, counts[index] as Count, swept)
    );
    const { order } = intake;
    return {
      ...addUp(
        flows.filter((_, index) =>
          stream === undefined || lanes[index]?.name === stream
        ),
      ),
      ...{ drains: reader.drains, wakeups: reader.wakeups },
      ...(order === undefined ? {} : { order }),
    };
  }

  /** Perf: takes what the buffers hold into the queue; true if that was all. */
  #sweep(): boolean {
    const { shared, intake } = this.#parts;
    const kept = this.#recorder !== undefined;
    return shared.transport === "perf" && !kept && intake.sweep();
  }

  #flow(index: number, count: Count, swept: boolean): Flow {
    return settle(count, this.#seen(index, count, swept));
  }

  #seen(index: number, { accepted }: Count, swept: boolean): Seen {
    const { received, delivered, undecodable, bytes } = this.#lane(index);
    const kept = this.#recorder?.count(index) ?? accepted;
    return {
      ...{ received, delivered, undecodable, bytes },
      overwritten: Math.max(0, accepted - kept),
      silent: swept ? Math.max(0, accepted - received) : 0,
    };
  }

  #lane(index: number): Lane<T> {
    return this.#parts.lanes[index] as Lane<T>;
  }

  #requireStream(name: string | undefined): void {
    const names = this.#parts.lanes.map((lane) => lane.name);
    if (name === undefined || names.includes(name)) return;
    throw new BpfError(`find the account of stream "${name}"`, {
      cause: `there is ${names.join(", ")}`,
    });
  }
}
