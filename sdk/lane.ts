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
export interface Shape<T> {
  /** The stream's name. */
  readonly name: string;
  /** Bytes of an event. */
  readonly size: number;
  /** Where its member `stamp` begins; `undefined` if it has none. */
  readonly stampAt: number | undefined;
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
  /** Records that came out of the kernel, those passed on excepted. */
  #received = 0;
  #delivered = 0;
  #bytes = 0;
  /** Records passed on since the last settlement, all of one size. */
  #passed = 0;
  #passedSize = 0;
  /** Records that could not be made events. */
  undecodable = 0;

  /** Nothing was seen yet. */
  constructor({ name, size, stampAt, make }: Shape<T>) {
    this.name = name;
    this.size = size;
    this.stampAt = stampAt;
    this.#make = make;
  }

  /** Records that came out of the kernel. */
  get received(): number {
    return this.#received + this.#passed;
  }

  /** Their bytes. */
  get bytes(): number {
    return this.#bytes + this.#passed * this.#passedSize;
  }

  /** Events handed to the consumer. */
  get delivered(): number {
    return this.#delivered + this.#passed;
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
   * Makes an event of a record and hands it over at once. Counting is one step
   * of one small number: what else there is to count is told by it.
   */
  pass(sample: Sample, take: (event: T) => void): void {
    if (sample.size !== this.#passedSize) this.#resize(sample);
    this.#passed++;
    let event: T;
    try {
      event = this.#make(sample);
    } catch (thrown) {
      this.#delivered--;
      throw this.#undecodable(thrown);
    }
    try {
      take(event);
    } catch (thrown) {
      throw this.#refused(thrown);
    }
  }

  /** Records of another size from now on; one that is too small is taken as undecodable. */
  #resize(sample: Sample): void {
    this.settle();
    this.#passedSize = 0;
    if (sample.size < this.size) this.receive(sample);
    this.#passedSize = sample.size;
  }

  /** Behind a turn: keeps what is counted one by one a small number. */
  settle(): void {
    this.#received += this.#passed;
    this.#delivered += this.#passed;
    this.#bytes += this.#passed * this.#passedSize;
    this.#passed = 0;
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
