/**
 * A call on another thread that this one does something beside.
 *
 * @module
 */

/** A call, and whether it goes on. */
export class Ongoing<T> {
  #isOver = false;
  /** What it comes to. */
  readonly result: Promise<T>;

  /** Also one that fails is over: who waits for its end must not wait for ever. */
  constructor(call: Promise<T>) {
    this.result = call;
    const end = (): void => {
      this.#isOver = true;
    };
    call.then(end, end);
  }

  /** Whether it has ended, well or not. */
  get isOver(): boolean {
    return this.#isOver;
  }
}
