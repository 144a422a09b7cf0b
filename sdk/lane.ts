/**
 * How the records of one stream become events, and what came of them.
 *
 * @module
 */

import { BpfError } from "../ffi/error.ts";
import type { Loan, Sample } from "../ffi/sample.ts";

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
  /** Records that came out of the kernel. */
  received = 0;
  /** Their bytes. */
  bytes = 0;
  /** Events handed to the consumer. */
  delivered = 0;
  /** Records that could not be made events. */
  undecodable = 0;

  /** Nothing was seen yet. */
  constructor({ name, size, stampAt, lends, make }: EventShape<T>) {
    this.name = name;
    this.size = size;
    this.stampAt = stampAt;
    this.lends = lends;
    this.#make = make;
  }

  /** The event of a record, which is counted. */
  receive(sample: Sample, loan?: Loan): T {
    this.received++;
    this.bytes += sample.size;
    try {
      return this.read(sample, loan);
    } catch (thrown) {
      this.undecodable++;
      throw new BpfError(
        `decode record ${this.received} of stream "${this.name}"`,
        { cause: `${thrown}`, thrown },
      );
    }
  }

  /** The event of a record, not counted. */
  read(sample: Sample, loan?: Loan): T {
    if (sample.size < this.size) {
      throw new BpfError(`decode an event of stream "${this.name}"`, {
        cause: `it has ${sample.size} bytes, its type ${this.size}`,
        remedy: "hand ringside_submit() the type given to RINGSIDE_EVENTS()",
      });
    }
    return this.#make(sample, loan);
  }

  /** Hands an event over: what `take` throws says which one it was. */
  deliver(event: T, take: (event: T) => void): void {
    this.delivered++;
    try {
      take(event);
    } catch (thrown) {
      throw new BpfError(
        `go on behind event ${this.delivered} of stream "${this.name}"`,
        { cause: `its consumer threw ${thrown}`, thrown },
      );
    }
  }
}
