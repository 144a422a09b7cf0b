/**
 * What a drain goes by, and what it has come to.
 *
 * @module
 */

import { Loan } from "./sample.ts";

/** Bounds of a record's size, bytes. */
export interface TallyBounds {
  /** A smaller one is a {@linkcode ShortRecord}. */
  readonly least: number;
  /** Of a larger one no more is lent. */
  readonly most: number;
}

/** What drains hand out, over all of them: right at any time, also from within a sink. */
export class Tally {
  /** See {@linkcode TallyBounds}. */
  readonly least: number;
  /** See {@linkcode TallyBounds}. */
  readonly most: number;
  /** Whether the last drain ended by what its sink threw. */
  thrown = false;
  #loan = new Loan();
  #settled = 0;
  #size = 0;
  #before = 0;
  #bytes = 0;

  /** Nothing was handed out yet. */
  constructor({ least, most }: TallyBounds = { least: 0, most: Infinity }) {
    this.least = least;
    this.most = most;
  }

  /** A drain begins, which lends one record with each turn of this loan. */
  lend(): Loan {
    this.thrown = false;
    return this.#loan;
  }

  /** The drain has ended, and so has all that it lent. */
  settle(): void {
    this.#settled = this.records;
    this.#loan.end();
    this.#loan = new Loan();
  }

  /** Records that sinks were given. */
  get records(): number {
    return this.#settled + this.#loan.turn;
  }

  /** Bytes of all these records, as long as they were sent. */
  get bytes(): number {
    return this.#bytes + (this.records - this.#before) * this.#size;
  }

  /**
   * The records from now on have `size` bytes; answers how many are lent. That
   * is told once for all records in a row of one size.
   */
  resize(size: number): number {
    if (size !== this.#size) {
      this.#bytes = this.bytes;
      this.#before = this.records;
      this.#size = size;
    }
    return Math.min(size, this.most);
  }
}

/**
 * How many records of one length surely lie in so many bytes, by the power of two
 * that is not less than their length.
 */
export function rowOf(bytes: number, length: number): number {
  return bytes <= 0 ? 0 : bytes >>> (32 - Math.clz32(length - 1));
}

/** A record is shorter than it has to be. */
export class ShortRecord extends Error {
  /** Bytes of the record. */
  readonly size: number;

  /** It is taken, and no sink was given it. */
  constructor(size: number) {
    super(`it has ${size} bytes`);
    this.size = size;
  }
}
