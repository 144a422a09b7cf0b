/**
 * A command that runs beside a test: what it says can be waited for, and so can what it does, but
 * for neither longer than it runs.
 *
 * @module
 */
import assert from "node:assert/strict";

/** How long it is waited before it is looked again at what it does. */
const pauseMs = 500;

/** A run of Deno with these arguments. */
export class Run {
  readonly #child: Deno.ChildProcess;
  readonly #heard: Promise<void>;
  #hasEnded = false;
  #text = "";
  #wake: () => void = () => {};

  constructor(args: readonly string[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [...args],
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#heard = Promise.all([
      this.#listen(this.#child.stdout),
      this.#listen(this.#child.stderr),
    ]).then(() => {
      this.#hasEnded = true;
      this.#wake();
    });
  }

  async #listen(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.#text += text;
      this.#wake();
    }
  }

  /** Until it says this. */
  async says(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#text)) {
      this.#checkRuns(`${pattern}`);
      await new Promise<void>((wake) => this.#wake = wake);
    }
  }

  /** Until this is so of what it does. */
  async until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    while (!await isSo()) {
      this.#checkRuns(what);
      await new Promise((wake) => setTimeout(wake, pauseMs));
    }
  }

  #checkRuns(what: string): void {
    assert.ok(!this.#hasEnded, `It ended without ${what}:\n${this.#text}`);
  }

  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Its status, at its end. */
  async ended(): Promise<number> {
    const { code } = await this.#child.status;
    await this.#heard;
    return code;
  }

  get text(): string {
    return this.#text;
  }
}
