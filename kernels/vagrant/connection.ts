/**
 * One connection into a machine by `vagrant ssh`: the freight goes in, the program's lines and its
 * end come out.
 *
 * @module
 */
import { Console } from "../console.ts";
import { hex } from "../digest.ts";
import type { Accel } from "../qemu.ts";
import { stdoutLines } from "../stdout.ts";
import { unpackAndRun } from "./freight.ts";
import { type Environment, kill, startVagrant } from "./vagrant.ts";

/** What comes out of it. */
export type Said =
  | { readonly is: "up" }
  | { readonly is: "line"; readonly text: string }
  | { readonly is: "exit"; readonly code: number };

/** A machine that does not answer for a minute is gone: nobody closes its connections. */
const ssh = [
  "-T",
  "-o",
  "ServerAliveInterval=15",
  "-o",
  "ServerAliveCountMax=4",
];

/** A connection; dispose it to end it. */
export class Connection {
  readonly #child: Deno.ChildProcess;
  readonly #nonce: string;
  readonly #complaints = new Console();
  readonly #sent: Promise<void>;
  readonly #heard: Promise<void>;
  #isUp = false;

  private constructor(
    child: Deno.ChildProcess,
    nonce: string,
    sent: Promise<void>,
  ) {
    this.#child = child;
    this.#nonce = nonce;
    this.#sent = sent;
    this.#heard = this.#complaints.read(child.stderr);
  }

  /** Connects to the machine `id` and sends the archive. */
  static async open(
    id: string,
    freight: string,
    accel: Accel | null,
    environment: Environment,
  ): Promise<Connection> {
    const archive = await Deno.open(freight);
    const nonce = hex(crypto.getRandomValues(new Uint8Array(8)));
    const command = unpackAndRun(nonce, accel);
    const child = startVagrant(
      ["ssh", id, "--command", command, "--", ...ssh],
      environment,
      { stdin: "piped" },
    );
    // One that ends before it has taken all tells why on stderr.
    const sent = archive.readable.pipeTo(child.stdin).catch(() => {});
    return new Connection(child, nonce, sent);
  }

  /** What stderr said: ssh's words, tar's, the program's, and at the end the kernel's. */
  get complaints(): Console {
    return this.#complaints;
  }

  /**
   * What comes out, up to the program's end or the connection's.
   *
   * @throws {TooMuch} when it is more than is heard.
   */
  async *said(): AsyncGenerator<Said> {
    const mark = `RS ${this.#nonce} `;
    for await (const line of stdoutLines(this.#child.stdout)) {
      const at = line.indexOf(mark);
      const text = at < 0 ? line : line.slice(0, at);
      // What a login shell greets with is none of the program's.
      if (this.#isUp && (at < 0 || at > 0)) yield { is: "line", text };
      if (at >= 0) yield* this.#report(line.slice(at + mark.length));
    }
    await this.#heard;
  }

  *#report(report: string): Generator<Said> {
    const code = /^exit (\d+)$/.exec(report)?.[1];
    if (code !== undefined) yield { is: "exit", code: Number(code) };
    else if (report === "up") {
      this.#isUp = true;
      yield { is: "up" };
    }
  }

  /** Ends the connection at once. */
  end(): void {
    kill(this.#child, "SIGKILL");
  }

  /** Ends it, and waits until all is read. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
    await Promise.all([this.#child.status, this.#sent, this.#heard]);
    await this.#child.stdout.cancel().catch(() => {});
  }
}
