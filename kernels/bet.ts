/**
 * A download that begins before it is sure: of a row's indexes the small one,
 * of the security suite, comes first and most often names the newest kernel.
 *
 * @module
 */

/** Long enough for indexes that are in the cache: among these there is nothing to bet on. */
const delayMs = 100;

/** One download at most, on what is best so far. Leaving its block ends a bet that was lost. */
export class Bet<Offer extends { readonly sha256: string }>
  implements Disposable {
  readonly #lost = new AbortController();
  readonly #start: (offer: Offer, signal: AbortSignal) => Promise<unknown>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #on: Offer | undefined;

  /** `start` downloads; whoever wants the same file joins it. */
  constructor(
    start: (offer: Offer, signal: AbortSignal) => Promise<unknown>,
  ) {
    this.#start = start;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#lost.abort();
  }

  /** Bets on `offer`, unless there is a bet already. */
  place(offer: Offer): void {
    this.#timer ??= setTimeout(() => {
      this.#on = offer;
      // Its failure is told to whoever joins it, or is nobody's business.
      this.#start(offer, this.#lost.signal).catch(() => {});
    }, delayMs);
  }

  /** Ends the bet if it is on anything else. */
  settle({ sha256 }: Offer): void {
    clearTimeout(this.#timer);
    if (this.#on?.sha256 !== sha256) this.#lost.abort();
  }
}
