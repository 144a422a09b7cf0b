/**
 * A Worker of one function, asked and heard message by message.
 *
 * @module
 */

/** In a guest the SDK lies beside the one file that holds this module: tests/claims_errand.ts. */
export const sdk: string = new URL(
  import.meta.url.endsWith(".ts") ? "../../mod.ts" : "sdk.js",
  import.meta.url,
).href;

/** A thread, until it is disposed. */
export class Thread implements Disposable {
  readonly #worker: Worker;

  /** Runs `body` with what it is first asked; its source is all that it has, so it names nothing from outside. */
  constructor(body: (asked: never) => Promise<void>) {
    const source = `onmessage = ({ data }) => (${body})(data);`;
    const url = URL.createObjectURL(
      new Blob([source], { type: "text/javascript" }),
    );
    this.#worker = new Worker(url, { type: "module" });
    URL.revokeObjectURL(url);
  }

  /** Says `message` to it; resolves with what it says next. */
  ask(message: unknown): Promise<unknown> {
    this.#worker.postMessage(message);
    return this.answer();
  }

  /** What it says next. */
  answer(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }) => resolve(data);
      this.#worker.onerror = (failure) => {
        failure.preventDefault();
        reject(new Error(failure.message));
      };
    });
  }

  /** Ends the thread. */
  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
