/**
 * One example at work: a process of its own, heard line by line and ended by
 * Ctrl-C, as its user does it.
 *
 * @module
 */
import { lines } from "../kernels/lines.ts";

/** Names the example that this program is to be, in the processes that it starts of itself. */
export const exampleVariable = "RINGSIDE_EXAMPLE";

/** An emulated machine may take this long for what takes a moment elsewhere, ms. */
const patienceMs = 60_000;

/** An example that runs; dispose it to kill it. */
export class Tool implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #heard: Promise<void>;
  /** What it is, for errors: `"execsnoop perf"`. */
  readonly name: string;
  /** What it has printed so far. */
  readonly lines: string[] = [];

  /** Starts `program`, a module that becomes the example by {@linkcode exampleVariable}. */
  constructor(program: string, example: string, args: readonly string[]) {
    this.name = `${example} ${args[0] ?? ""}`;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--allow-all",
        "--no-config",
        "--no-lock",
        program,
        ...args,
      ],
      env: { [exampleVariable]: example },
      ...{ stdin: "null", stdout: "piped", stderr: "inherit" },
    }).spawn();
    this.#heard = this.#hear();
  }

  async #hear(): Promise<void> {
    for await (const line of lines(this.#child.stdout, 1 << 20)) {
      this.lines.push(line);
    }
  }

  /** Kills it if it still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#child.status;
    await this.#heard;
  }

  /** Waits until it has printed a line like this, and answers that line. */
  async said(line: RegExp): Promise<string> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const found = this.lines.find((one) => line.test(one));
      if (found !== undefined) return found;
      if (performance.now() > deadline) throw this.#missing(line);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #missing(line: RegExp): Error {
    const last = this.lines.slice(-20).map((one) => `\n  ${one}`);
    return new Error(
      `${this.name} did not print ${line} but ${this.lines.length} lines${
        last.join("")
      }`,
    );
  }

  /** Ctrl-C. */
  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  /** Waits for its end, which has to be a good one. */
  async ended(): Promise<void> {
    const { code } = await this.#child.status;
    await this.#heard;
    if (code !== 0) throw new Error(`${this.name} ended with status ${code}`);
  }
}
