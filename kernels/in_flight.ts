/**
 * Work that several rows need at once, done once.
 *
 * @module
 */

/** Rejects as soon as `signal` aborts, whatever becomes of `promise`. */
async function unless<T>(
  signal: AbortSignal | undefined,
  promise: Promise<T>,
): Promise<T> {
  if (signal === undefined) return await promise;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    signal.throwIfAborted();
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

interface Running<T> {
  readonly result: Promise<T>;
  readonly signal: AbortSignal | undefined;
}

/** Who comes while the work of the same key runs waits for it and shares its result. */
export class InFlight<T> {
  readonly #running = new Map<string, Running<T>>();

  /** Does `work`, or waits for the one that does. Rejects with the signal's reason. */
  async join(
    key: string,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    const other = this.#running.get(key);
    if (other === undefined) return await this.#start(key, signal, work);
    try {
      return await unless(signal, other.result);
    } catch (error) {
      // That the other was cancelled is no reason why this one should fail.
      if (signal?.aborted || !other.signal?.aborted) throw error;
    }
    return await this.join(key, signal, work);
  }

  async #start(
    key: string,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    const result = work().finally(() => this.#running.delete(key));
    this.#running.set(key, { result, signal });
    return await result;
  }
}
