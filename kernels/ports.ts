/**
 * The sockets by which one QEMU is spoken with: the results' port, and the monitor where it has one.
 *
 * They have names only until QEMU has connected: a process that is killed leaves none behind.
 *
 * @module
 */

/** A folder of sockets that wait for QEMU. */
export class Ports implements AsyncDisposable {
  readonly #folder: string;
  readonly #listeners: readonly Deno.UnixListener[];
  readonly #connections: Deno.Conn[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
    this.#listeners = [this.results, this.monitor].map((path) =>
      Deno.listen({ transport: "unix", path })
    );
  }

  /** Makes the sockets. */
  static async open(): Promise<Ports> {
    // QEMU and the kernel both end a socket's path at 108 bytes: not below a deep TMPDIR.
    const folder = await Deno.makeTempDir({
      dir: "/tmp",
      prefix: "ringside-machine-",
    });
    return new Ports(folder);
  }

  /** Closes what is open, removes what has a name. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    this.#connections.forEach(close);
    await this.#forget();
  }

  /** Path of the results' port. */
  get results(): string {
    return `${this.#folder}/results`;
  }

  /** Path of the monitor; QEMU connects to it before it connects to the results' port. */
  get monitor(): string {
    return `${this.#folder}/monitor`;
  }

  /** Takes no connection any more: who waits for one is told that there is none. */
  close(): void {
    this.#listeners.forEach(close);
  }

  /** QEMU's connection to the results' port; nothing when it never came. */
  async acceptResults(): Promise<Deno.Conn | undefined> {
    const connection = await this.#accept(0);
    await this.#forget();
    return connection;
  }

  /** QEMU's connection to the monitor; nothing when it never came. */
  async acceptMonitor(): Promise<Deno.Conn | undefined> {
    return await this.#accept(1);
  }

  async #accept(which: 0 | 1): Promise<Deno.Conn | undefined> {
    try {
      const connection = await this.#listeners[which]?.accept();
      if (connection) this.#connections.push(connection);
      return connection;
    } catch {
      return undefined;
    }
  }

  async #forget(): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true }).catch(() => {});
  }
}

function close(resource: { close(): void }): void {
  try {
    resource.close();
  } catch {
    // Closed already, by the end of its stream.
  }
}
