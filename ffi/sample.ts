/**
 * The bytes of one record, borrowed from the memory in which they stand.
 *
 * @module
 */

import { littleEndian } from "./byte_order.ts";
import { BpfError } from "./error.ts";

/** A constant of this module is one to the compiler, an imported one is not. */
const little = littleEndian;

/** Takes one record; `false` ends the drain behind it. */
export type SampleSink = (borrowed: Sample) => boolean | void;

/** No limit to the records of a drain. */
export const noLimit = 2 ** 31 - 1;

/** For how long samples are lent: all of them end at once. */
export class Loan {
  #lent: Sample[] = [];
  #room = new DataView(new ArrayBuffer(leastRoom));
  #used = 0;

  /**
   * Lends a sample for as long.
   *
   * @internal
   */
  add(sample: Sample): void {
    this.#lent.push(sample);
  }

  /**
   * Copies bytes to where they may be read until the loan ends: memory that the
   * next turn of the loan takes again.
   *
   * @internal
   */
  keep(
    view: DataView<ArrayBuffer>,
    at: number,
    size: number,
    cpu?: number,
  ): Sample {
    if (this.#used + size > this.#room.byteLength) {
      const bytes = Math.max(leastRoom, 2 * this.#room.byteLength, size);
      // What was copied to the old one is read there.
      this.#room = new DataView(new ArrayBuffer(bytes));
      this.#used = 0;
    }
    const to = this.#used;
    copyBytes(view, at, this.#room, to, size);
    this.#used = to + ((size + 7) & ~7);
    return new Sample(this, this.#room, to, size, cpu);
  }

  /** From now on every sample that was lent so far throws when it is read. */
  end(): void {
    for (const sample of this.#lent) sample.end();
    this.#lent = [];
    this.#used = 0;
  }
}

/** Bytes that a loan has room for at first. */
const leastRoom = 4096;

/** Up to so many bytes a loop over words is faster than a call of `set`. */
const fewBytes = 128;

function copyBytes(
  from: DataView<ArrayBuffer>,
  at: number,
  to: DataView<ArrayBuffer>,
  toAt: number,
  size: number,
): void {
  if (size > fewBytes) {
    const bytes = new Uint8Array(from.buffer, from.byteOffset + at, size);
    new Uint8Array(to.buffer, toAt, size).set(bytes);
    return;
  }
  let done = 0;
  for (; done + 4 <= size; done += 4) {
    to.setUint32(toAt + done, from.getUint32(at + done));
  }
  for (; done < size; done++) {
    to.setUint8(toAt + done, from.getUint8(at + done));
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
  readonly #view: DataView<ArrayBuffer>;
  #at: number;
  #size: number;
  /** Bytes that may be read: none when it is not lent any more, not even no byte. */
  #readable: number;
  /** The CPU that sent it; known on perf only. */
  readonly cpu: number | undefined;

  /**
   * Made by the readers: the record is `size` bytes from byte `at` of `view` on.
   * Without a loan it is its reader that ends it.
   */
  constructor(
    loan: Loan | undefined,
    view: DataView<ArrayBuffer>,
    at: number,
    size: number,
    cpu?: number,
  ) {
    this.#view = view;
    this.#at = at;
    this.#size = size;
    this.#readable = size;
    this.cpu = cpu;
    loan?.add(this);
  }

  /** Bytes of the record; on perf the kernel's padding is among them. */
  get size(): number {
    return this.#size;
  }

  /**
   * Lends it for another record of the same memory.
   *
   * @internal
   */
  lend(at: number, size: number): this {
    this.#at = at;
    this.#size = size;
    this.#readable = size;
    return this;
  }

  /**
   * Lends no more than its first `size` bytes.
   *
   * @internal
   */
  cut(size: number): this {
    if (size < this.#readable) {
      this.#size = size;
      this.#readable = size;
    }
    return this;
  }

  /**
   * From now on every read throws.
   *
   * @internal
   */
  end(): void {
    this.#readable = -1;
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
    const from = this.#view.byteOffset + Sample.#place(this, 0, 0);
    const bytes = Math.max(0, Math.min(size, this.size));
    return new Uint8Array(this.#view.buffer, from, bytes).slice();
  }

  /** The same record with bytes of its own, which may be read until `loan` ends. */
  keep(loan: Loan): Sample {
    const at = Sample.#place(this, 0, 0);
    return loan.keep(this.#view, at, this.#size, this.cpu);
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

  /**
   * UNSAFE: the same for what begins at byte `at` of the record.
   *
   * @internal
   */
  field<T>(decode: (view: DataView, at: number) => T, at: number): T {
    return decode(Sample.#lent(this), this.#at + at);
  }

  // Small functions, which V8 puts into a loop without counting them. No private
  // methods: each instance would carry their brand.

  /** The view, while there is something to be read. */
  static #lent(sample: Sample): DataView<ArrayBuffer> {
    return sample.#readable < 0 ? missing(ended()) : sample.#view;
  }

  /** Where in the view `at` is. */
  static #place(sample: Sample, at: number, bytes: number): number {
    return at >= 0 && at + bytes <= sample.#readable
      ? sample.#at + at
      : Sample.#misplaced(sample, at, bytes);
  }

  static #misplaced(sample: Sample, at: number, bytes: number): never {
    throw sample.#readable < 0 ? ended() : outside(at, bytes, sample.#size);
  }
}

function missing(error: BpfError): never {
  throw error;
}

/** A sample of a reader's own, which lends it for each record anew. */
export function emptySample(
  view: DataView<ArrayBuffer>,
  cpu?: number,
): Sample {
  const sample = new Sample(undefined, view, 0, 0, cpu);
  sample.end();
  return sample;
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
