/**
 * The bytes of one record, borrowed from the memory in which they stand.
 *
 * @module
 */

import { littleEndian } from "./byte_order.ts";
import { BpfError } from "./error.ts";

/** A constant of this module is one to V8, an imported one is not. */
const little = littleEndian;

/** Takes one record; `false` ends the drain behind it. */
export type SampleSink = (borrowed: Sample) => boolean | void;

/** For how long samples are lent: all of them end at once. */
export class Loan {
  /**
   * What was lent in another turn than this one throws when it is read. A drain
   * writes it, record by record, which is one store; all others call
   * {@linkcode Loan.end}.
   *
   * @internal
   */
  turn = 0;
  #room = new DataView(new ArrayBuffer(0));
  #used = 0;

  /** From now on every sample that was lent so far throws when it is read. */
  end(): void {
    this.turn++;
    this.#used = 0;
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
      const before = this.#room.byteLength;
      // Of many loans each keeps one record.
      const bytes = before === 0 ? size : Math.max(leastRoom, 2 * before, size);
      // What was copied to the old one is read there.
      this.#room = new DataView(new ArrayBuffer(bytes));
      this.#used = 0;
    }
    const to = this.#used;
    copyBytes(view, at, this.#room, to, size);
    this.#used = to + ((size + 7) & ~7);
    return new Sample(this, this.#room, to, size, cpu);
  }
}

/** Bytes that a loan has room for, if it keeps more than one record. */
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
    const size = this.#turn === this.#loan.turn ? this.size : gone;
    return this.#view.getUint8(place(this.#at, size, at, 1));
  }

  /** The signed byte at `at`. */
  getInt8(at: number): number {
    const size = this.#turn === this.#loan.turn ? this.size : gone;
    return this.#view.getInt8(place(this.#at, size, at, 1));
  }

  /** The unsigned 16-bit number at byte `at`. */
  getUint16(at: number): number {
    const size = this.#turn === this.#loan.turn ? this.size : gone;
    return this.#view.getUint16(place(this.#at, size, at, 2), little);
  }

  /** The signed 16-bit number at byte `at`. */
  getInt16(at: number): number {
    const size = this.#turn === this.#loan.turn ? this.size : gone;
    return this.#view.getInt16(place(this.#at, size, at, 2), little);
  }

  /** The unsigned 32-bit number at byte `at`. */
  getUint32(at: number): number {
    const size = this.#turn === this.#loan.turn ? this.size : gone;
    return this.#view.getUint32(place(this.#at, size, at, 4), little);
  }

  /** The signed 32-bit number at byte `at`. */
  getInt32(at: number): number {
    const size = this.#turn === this.#loan.turn ? this.size : gone;
    return this.#view.getInt32(place(this.#at, size, at, 4), little);
  }

  /** The unsigned 64-bit number at byte `at`. */
  getBigUint64(at: number): bigint {
    const size = this.#turn === this.#loan.turn ? this.size : gone;
    return this.#view.getBigUint64(place(this.#at, size, at, 8), little);
  }

  /** The signed 64-bit number at byte `at`. */
  getBigInt64(at: number): bigint {
    const size = this.#turn === this.#loan.turn ? this.size : gone;
    return this.#view.getBigInt64(place(this.#at, size, at, 8), little);
  }

  /** A copy that is the caller's own; with `size`, of that many bytes at most. */
  copy(size: number = this.size): Uint8Array<ArrayBuffer> {
    const at = this.begin();
    const from = this.#view.byteOffset + at;
    const bytes = Math.max(0, Math.min(size, this.size));
    return new Uint8Array(this.#view.buffer, from, bytes).slice();
  }

  /** The first `size` bytes of it, or all where it has no more, lent as long. */
  head(size: number): Sample {
    const at = this.begin();
    if (size >= this.size) return this;
    return new Sample(this.#loan, this.#view, at, Math.max(0, size), this.cpu);
  }

  /** The same record with bytes of its own, which may be read until `loan` ends. */
  keep(loan: Loan): Sample {
    return loan.keep(this.#view, this.begin(), this.size, this.cpu);
  }

  /**
   * UNSAFE: hands the memory itself to a decoder, and where the record begins.
   * The decoder must not read beyond the record's size, not write, and not keep
   * the view: a write to a read-only page ends the process.
   *
   * @internal
   */
  read<T>(decode: (view: DataView, at: number) => T): T {
    return decode(this.#view, this.begin());
  }

  /**
   * UNSAFE: hands out all that it takes to read the record later on, as long as
   * `loan.turn` is `turn`.
   *
   * @internal
   */
  open<T>(
    take: (view: DataView, at: number, loan: Loan, turn: number) => T,
  ): T {
    return take(this.#view, this.#at, this.#loan, this.#turn);
  }

  /**
   * Where in the memory it begins; throws when it is not lent any more.
   *
   * @internal
   */
  begin(): number {
    const size = this.#turn === this.#loan.turn ? this.size : gone;
    return place(this.#at, size, 0, 0);
  }
}

/**
 * Where in the view byte `at` of a record is. No method, and not given the
 * sample: of an object that is given to nobody V8 makes none, which is what
 * lends each record as a sample of its own for nothing.
 */
const place = (
  from: number,
  size: number,
  at: number,
  bytes: number,
): number =>
  at >= 0 && at + bytes <= size ? from + at : misplaced(size, at, bytes);

function misplaced(size: number, at: number, bytes: number): never {
  throw size === gone ? ended() : outside(at, bytes, size);
}

/** The size of what is not lent any more: nothing fits it, not even no byte. */
const gone = -1;

/** What is wrong with a read of what is not lent any more. */
export function ended(): BpfError {
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
