/**
 * Random numbers that come again with the same seed, for generated cases.
 *
 * @module
 */

/** The generator xorshift32; its period is 2^32 - 1. */
export class Random {
  #state: number;

  /** Any seed but 0. */
  constructor(seed: number) {
    this.#state = Math.imul(seed, 2654435761) >>> 0 || 1;
  }

  /** A whole number from 0 up to, not with, `limit`. */
  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }

  /** That many random bits. */
  bits(count: number): bigint {
    let value = 0n;
    for (let at = 0; at < count; at += 8) {
      value = (value << 8n) | BigInt(this.below(256));
    }
    return BigInt.asUintN(count, value);
  }
}
