/**
 * The bytes of one record, borrowed from the memory in which they stand.
 *
 * @module
 */

import { littleEndian as little } from "./byte_order.ts";
import { BpfError } from "./error.ts";

/** Takes one record; `false` ends the drain behind it. */
export type SampleSink = (borrowed: Sample) => boolean | void;

/** For how long samples are lent: all of them end at once. */
export class Loan {
  #turn = 0;

  /** Changes with every {@linkcode Loan.end}. */
  get turn(): number {
    return this.#turn;
  }

  /** From now on every sample that was lent so far throws when it is read. */
  end(): void {
    this.#turn++;
  }
}

/**
 * One record's bytes, borrowed: they may be read until the callback returns
 * that was given it, or what else lent it ends. Afterwards every read throws;
 * {@linkcode Sample.copy} and {@linkcode Sample.keep} keep the bytes. Numbers are read in this
 * machine's byte order, which is the kernel's, at any place, aligned or not; a
 * place outside the record is a {@linkcode BpfError}.
 */
export class Sample {
  readonly #loan: Loan;
  readonly #turn: number;
  readonly #view: DataView<ArrayBuffer>;
  readonly #at: number;
  /** Bytes of the record; on perf the kernel's padding is among them. */
  readonly size: number;
  /** The CPU that sent it; known on perf only. */
  readonly cpu: number | undefined;

  /** Made by the readers: the record is `size` bytes from byte `at` of `view` on. */
  constructor(
    loan: Loan,
    view: DataView<ArrayBuffer>,
    at: number,
    size: number,
    cpu?: number,
  ) {
    this.#loan = loan;
    this.#turn = loan.turn;
    this.#view = view;
    this.#at = at;
    this.size = size;
    this.cpu = cpu;
  }

  /** The unsigned byte at `at`. */
  getUint8(at: number): number {
    return this.#view.getUint8(Sample.#place(this, at, 1));
  }

  /** The signed byte at `at`. */
  getInt8(at: number): number {
    return this.#view.getInt8(Sample.#place(this, at, 1));
  }

  /** The unsigned 16-bit number at byte `at`. */
  getUint16(at: number): number {
    return this.#view.getUint16(Sample.#place(this, at, 2), little);
  }

  /** The signed 16-bit number at byte `at`. */
  getInt16(at: number): number {
    return this.#view.getInt16(Sample.#place(this, at, 2), little);
  }

  /** The unsigned 32-bit number at byte `at`. */
  getUint32(at: number): number {
    return this.#view.getUint32(Sample.#place(this, at, 4), little);
  }

  /** The signed 32-bit number at byte `at`. */
  getInt32(at: number): number {
    return this.#view.getInt32(Sample.#place(this, at, 4), little);
  }

  /** The unsigned 64-bit number at byte `at`. */
  getBigUint64(at: number): bigint {
    return this.#view.getBigUint64(Sample.#place(this, at, 8), little);
  }

  /** The signed 64-bit number at byte `at`. */
  getBigInt64(at: number): bigint {
    return this.#view.getBigInt64(Sample.#place(this, at, 8), little);
  }

  /** A copy that is the caller's own; with `size`, of that many bytes at most. */
  copy(size: number = this.size): Uint8Array<ArrayBuffer> {
    const at = Sample.#place(this, 0, 0);
    const from = this.#view.byteOffset + at;
    const bytes = Math.max(0, Math.min(size, this.size));
    return new Uint8Array(this.#view.buffer, from, bytes).slice();
  }

  /** The first `size` bytes of it, or all where it has no more, lent as long. */
  head(size: number): Sample {
    if (size >= this.size) return this;
    const at = Sample.#place(this, 0, 0);
    return new Sample(this.#loan, this.#view, at, size, this.cpu);
  }

  /** The same record with bytes of its own, which may be read until `loan` ends. */
  keep(loan: Loan): Sample {
    const view = new DataView(this.copy().buffer);
    return new Sample(loan, view, 0, this.size, this.cpu);
  }

  /**
   * UNSAFE: hands the memory itself to a decoder, and where the record begins.
   * The decoder must not read beyond the record's size, not write, and not keep
   * the view: a write to a read-only page ends the process.
   *
   * @internal
   */
  read<T>(decode: (view: DataView, at: number) => T): T {
    return decode(this.#view, Sample.#place(this, 0, 0));
  }

  /** Where in the view `at` is. No private method: each instance would carry its brand. */
  static #place(sample: Sample, at: number, bytes: number): number {
    if (sample.#turn !== sample.#loan.turn) throw ended();
    if (at >= 0 && at + bytes <= sample.size) return sample.#at + at;
    throw outside(at, bytes, sample.size);
  }
}

function ended(): BpfError {
  return new BpfError("read a borrowed sample", {
    cause: "it was lent until its callback returned",
    remedy: "keep sample.copy() instead",
  });
}

function outside(at: number, bytes: number, size: number): BpfError {
  return new BpfError(`read ${bytes} bytes at ${at} of a sample`, {
    cause: `it has ${size}`,
  });
}
