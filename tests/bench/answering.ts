/**
 * A process that answers each line with a line of numbers.
 *
 * @module
 */
import { lines } from "../../kernels/lines.ts";
import { killedBy } from "../../kernels/tied.ts";

/** Bytes of the longest line. */
const longest = 4096;

/** Either side of the bench, from its first line to its end. */
export class Answering implements AsyncDisposable {
  readonly #name: string;
  readonly #process: Deno.ChildProcess;
  readonly #killer: Disposable;
  readonly #lines: AsyncGenerator<string>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  /** Starts it, to be killed when `signal` is aborted; what it complains of goes to stderr. */
  constructor(
    command: string,
    args: readonly string[],
    signal?: AbortSignal,
  ) {
    signal?.throwIfAborted();
    this.#name = [command, ...args].join(" ");
    this.#process = new Deno.Command(command, {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#killer = killedBy(signal, this.#process);
    this.#lines = lines(this.#process.stdout, longest);
    this.#writer = this.#process.stdin.getWriter();
  }

  /** Its process id. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Sends a line. */
  async tell(line: string | number): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(`${line}\n`));
  }

  /** The numbers of its next line. */
  async numbers(): Promise<number[]> {
    const { value, done } = await this.#lines.next();
    if (!done) return value.split(" ").map(Number);
    throw new Error(`Cannot measure: "${this.#name}" has ended`);
  }

  /** Sends a line, and answers the numbers of the next one. */
  async ask(line: string | number): Promise<number[]> {
    await this.tell(line);
    return await this.numbers();
  }

  /** Ends it by the end of its input. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#lines.return(undefined);
    await this.#process.status;
    this.#killer[Symbol.dispose]();
  }
}
