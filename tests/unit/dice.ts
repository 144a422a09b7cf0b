/**
 * Numbers at random that are the same in every run of a case.
 *
 * @module
 */

/** A generator of 32 bits at a time (mulberry32), by its seed. */
export class Dice {
  #state: number;

  /** The same seed gives the same numbers. */
  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** 32 bits. */
  word(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** From 0 to `end` - 1. */
  below(end: number): number {
    return this.word() % end;
  }

  /** That many random bits. */
  bits(count: number): bigint {
    let value = 0n;
    for (let at = 0; at < count; at += 32) {
      value = (value << 32n) | BigInt(this.word());
    }
    return BigInt.asUintN(count, value);
  }

  /** True once in `times`. */
  one(times: number): boolean {
    return this.below(times) === 0;
  }

  /** Bytes. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  /** A position in a buffer of the kernel's: small, or around 2^32, 2^53 or 2^64; a multiple of 8. */
  position(): bigint {
    const around = [0n, 1n << 32n, 1n << 53n, 1n << 64n][this.below(4)] ?? 0n;
    const offset = BigInt(this.below(1 << 13) * 8) - (1n << 15n);
    return BigInt.asUintN(64, around + offset);
  }
}

/** Runs so many cases, each with dice of its own; one that fails is named by its seed. */
export function each(cases: number, body: (dice: Dice) => void): void {
  for (let seed = 1; seed <= cases; seed++) {
    try {
      body(new Dice(seed));
    } catch (error) {
      throw new Error(`Case ${seed}`, { cause: error });
    }
  }
}
