/**
 * How the records of one stream become events, and what came of them.
 *
 * @module
 */

import { BpfError } from "../ffi/error.ts";
import type { Loan, Sample, SampleSink } from "../ffi/sample.ts";
import { ShortRecord, Tally } from "../ffi/tally.ts";
import type { Port } from "./port.ts";
import type { TurnQuota } from "./turn_quota.ts";

/**
 * Makes an event of a record that has at least as many bytes; with a loan, one
 * that may be read until the loan ends, although its record is gone.
 */
export type Make<T> = (sample: Sample, loan?: Loan) => T;

/** What a stream's events look like. */
export interface EventShape<T> {
  /** The stream's name. */
  readonly name: string;
  /** Bytes of an event. */
  readonly size: number;
  /** Where its member `stamp` begins; `undefined` if it has none. */
  readonly stampAt: number | undefined;
  /** Whether an event is what was borrowed, and ends with its loan. */
  readonly lends: boolean;
  /** Whether it is the record itself, as it is borrowed. */
  readonly raw: boolean;
  readonly make: Make<T>;
}

/** One stream as the reader sees it. */
export class Lane<T> {
  readonly #make: Make<T>;
  /** The stream's name. */
  readonly name: string;
  /** Bytes of an event. */
  readonly size: number;
  /** Where its stamp stands; `undefined` if it has none. */
  readonly stampAt: number | undefined;
  /** Whether its events end with their loan. */
  readonly lends: boolean;
  readonly #raw: boolean;
  /** Of records that are pushed. */
  readonly #tally: Tally;
  #received = 0;
  #delivered = 0;
  #bytes = 0;
  /** Records that could not be made events. */
  undecodable = 0;

  /** Nothing was seen yet. */
  constructor({ name, size, stampAt, lends, raw, make }: EventShape<T>) {
    this.name = name;
    this.size = size;
    this.stampAt = stampAt;
    this.lends = lends;
    this.#make = make;
    this.#raw = raw;
    this.#tally = new Tally({ least: size, most: raw ? size : Infinity });
  }

  /** Records that came out of the kernel. */
  get received(): number {
    return this.#received + this.#tally.records;
  }

  /** Their bytes. */
  get bytes(): number {
    return this.#bytes + this.#tally.bytes;
  }

  /** Events handed to the consumer. */
  get delivered(): number {
    return this.#delivered + this.#tally.records;
  }

  /** The event of a record, which is counted. */
  receive(sample: Sample, loan?: Loan): T {
    this.#received++;
    this.#bytes += sample.size;
    try {
      return this.read(sample, loan);
    } catch (thrown) {
      throw this.#undecodable(thrown);
    }
  }

  /**
   * Hands a buffer's records over one by one, up to the quota: whether that was
   * all that there was. Where an event is the record, nothing lies between the
   * buffer and `take`.
   */
  push(port: Port, take: (event: T) => void, quota: TurnQuota): boolean {
    const sink = this.#raw ? take as SampleSink : this.#sink(take);
    this.#tally.thrown = false;
    try {
      // A consumer may answer anything, also the `false` that ends a drain.
      while (!port.drain(sink, quota, this.#tally)) {
        if (quota.isOver) return false;
      }
      return true;
    } catch (thrown) {
      if (thrown instanceof Unmade) throw this.#unmade(thrown.cause);
      if (thrown instanceof ShortRecord) {
        throw this.#unmade(this.#short(thrown));
      }
      throw this.#tally.thrown ? this.#refused(thrown) : thrown;
    }
  }

  #sink(take: (event: T) => void): SampleSink {
    const make = this.#make;
    return (sample) => {
      let event: T;
      try {
        event = make(sample);
      } catch (thrown) {
        throw new Unmade(thrown);
      }
      take(event);
    };
  }

  /** The event of a record, not counted. */
  read(sample: Sample, loan?: Loan): T {
    if (sample.size < this.size) throw this.#short(sample);
    return this.#make(sample, loan);
  }

  /** Hands an event over: what `take` throws says which one it was. */
  deliver(event: T, take: (event: T) => void): void {
    this.#delivered++;
    try {
      take(event);
    } catch (thrown) {
      throw this.#refused(thrown);
    }
  }

  /** An event was taken out of the queue. */
  count(): void {
    this.#delivered++;
  }

  /** What is counted as delivered was no event. */
  #unmade(thrown: unknown): BpfError {
    this.#delivered--;
    return this.#undecodable(thrown);
  }

  #short({ size }: { readonly size: number }): BpfError {
    return new BpfError(`decode an event of stream "${this.name}"`, {
      cause: `it has ${size} bytes, its type ${this.size}`,
      remedy: "hand ringside_submit() the type given to RINGSIDE_EVENTS()",
    });
  }

  #undecodable(thrown: unknown): BpfError {
    this.undecodable++;
    return new BpfError(
      `decode record ${this.received} of stream "${this.name}"`,
      { cause: `${thrown}`, thrown },
    );
  }

  #refused(thrown: unknown): BpfError {
    return new BpfError(
      `go on behind event ${this.delivered} of stream "${this.name}"`,
      { cause: `its consumer threw ${thrown}`, thrown },
    );
  }
}

/** A record could not be made an event. */
class Unmade extends Error {
  constructor(cause: unknown) {
    super("", { cause });
  }
}
