/**
 * Carries an exception across C.
 *
 * @module
 */

/**
 * A callback that throws inside a synchronous FFI call is heard of only if it
 * was the last callback of that call; otherwise the exception is lost (Deno
 * 2.9). So callbacks run inside {@linkcode Guard.enter}, and the call itself
 * inside {@linkcode Guard.call}, which throws the first exception again.
 */
export class Guard {
  #failed = false;
  #error: unknown;
  #depth = 0;

  /** Whether a C call is under way on this thread. */
  get busy(): boolean {
    return this.#depth > 0;
  }

  /** Runs a callback's body: true if it returned, false if it or an earlier one threw. */
  enter(body: () => void): boolean {
    if (this.#failed) return false;
    try {
      body();
      return true;
    } catch (error) {
      this.#failed = true;
      this.#error = error;
      return false;
    }
  }

  /** Runs the C call, then `after`, and throws what its callbacks threw. */
  call<T>(body: () => T, after: () => void = () => {}): T {
    this.#depth++;
    try {
      const result = body();
      if (this.#failed) throw this.#error;
      return result;
    } finally {
      this.#depth--;
      after();
      this.#failed = false;
      this.#error = undefined;
    }
  }
}
