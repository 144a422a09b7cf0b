/**
 * The sockets by which one QEMU is spoken with: the results' port, and the monitor where it has one.
 *
 * They have names only until QEMU has connected; those that a killed process leaves the next one removes.
 *
 * @module
 */
import { openForSockets } from "./temporary.ts";
import type { Workshop } from "./workshop.ts";

/** A folder of sockets that wait for QEMU. */
export class Ports implements AsyncDisposable {
  readonly #folder: Workshop;
  readonly #listeners: readonly Deno.UnixListener[];
  readonly #opened: AsyncDisposableStack;

  private constructor(
    folder: Workshop,
    listeners: readonly Deno.UnixListener[],
    opened: AsyncDisposableStack,
  ) {
    this.#folder = folder;
    this.#listeners = listeners;
    this.#opened = opened;
  }

  /** Makes the sockets. */
  static async open(): Promise<Ports> {
    await using opened = new AsyncDisposableStack();
    const folder = opened.use(await openForSockets());
    const listeners = ["results", "monitor"].map((name) =>
      opened.use(
        Deno.listen({ transport: "unix", path: `${folder.path}/${name}` }),
      )
    );
    return new Ports(folder, listeners, opened.move());
  }

  /** Closes what is open, removes what has a name. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.disposeAsync();
  }

  /** Path of the results' port. */
  get results(): string {
    return `${this.#folder.path}/results`;
  }

  /** Path of the monitor; QEMU connects to it before it connects to the results' port. */
  get monitor(): string {
    return `${this.#folder.path}/monitor`;
  }

  /** Takes no connection any more: who waits for one is told that there is none. */
  close(): void {
    for (const listener of this.#listeners) listener[Symbol.dispose]();
  }

  /** QEMU's connection to the results' port; nothing when it never came. */
  async acceptResults(): Promise<Deno.Conn | undefined> {
    const connection = await this.#accept(0);
    try {
      await this.#folder[Symbol.asyncDispose]();
    } catch {
      // The next run removes it: a row is worth more.
    }
    return connection;
  }

  /** QEMU's connection to the monitor; nothing when it never came. */
  async acceptMonitor(): Promise<Deno.Conn | undefined> {
    return await this.#accept(1);
  }

  async #accept(which: 0 | 1): Promise<Deno.Conn | undefined> {
    try {
      const connection = await this.#listeners[which]?.accept();
      return connection && this.#opened.use(connection);
    } catch {
      return undefined;
    }
  }
}
