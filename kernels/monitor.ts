/**
 * QEMU's monitor, as far as it is needed to freeze a machine and to bring it back: commands of QMP,
 * one at a time, a line of JSON each.
 *
 * @module
 */
import { lines } from "./lines.ts";
import { openForSockets } from "./temporary.ts";
import type { Workshop } from "./workshop.ts";

const LINE_BYTES = 1 << 20;
/** Between two looks at a migration. */
const LOOK_MS = 5;
/** As fast as the disk: QEMU's own bound is meant for networks. */
const BYTES_PER_SECOND = 2 ** 40;

/** What QEMU answered: a value, or why not. Events, which come unasked, are neither. */
interface Answer {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
}

/** QEMU ended, or closed its monitor; its status and its last words tell why. */
export class MonitorGone extends Error {
  override readonly name = "MonitorGone";
}

/** A connection to one. */
export class Monitor {
  readonly #connection: Deno.Conn;
  readonly #answers: AsyncGenerator<string>;

  private constructor(connection: Deno.Conn) {
    this.#connection = connection;
    this.#answers = lines(connection.readable, LINE_BYTES);
  }

  /** Begins the conversation on a connection that QEMU made. */
  static async on(connection: Deno.Conn): Promise<Monitor> {
    const monitor = new Monitor(connection);
    await monitor.#answers.next(); // its greeting
    await monitor.ask("qmp_capabilities");
    // The memory is in a file that both sides have: what is written is the rest of the machine.
    await monitor.ask("migrate-set-capabilities", {
      capabilities: [{ capability: "x-ignore-shared", state: true }],
    });
    return monitor;
  }

  /**
   * Carries out a command.
   *
   * @throws {Error} with QEMU's own words when it refuses; {@linkcode MonitorGone} when it is gone.
   */
  async ask(
    execute: string,
    options: Readonly<Record<string, unknown>> = {},
  ): Promise<unknown> {
    // One that ends with a command unread resets the connection.
    const gone = (): never => {
      throw new MonitorGone(`QEMU went away at ${execute}`);
    };
    const writer = this.#connection.writable.getWriter();
    const command = JSON.stringify({ execute, arguments: options });
    await writer.write(new TextEncoder().encode(`${command}\n`)).catch(gone);
    writer.releaseLock();
    while (true) {
      const { done, value } = await this.#answers.next().catch(gone);
      if (done) return gone();
      const answer: Answer = JSON.parse(value);
      if (answer.error) throw new Error(answer.error.desc);
      if ("return" in answer) return answer.return;
    }
  }

  /** Stops the machine for good and writes all of it but its memory to the file. */
  async freeze(state: string): Promise<void> {
    await this.ask("stop");
    const much = { "max-bandwidth": BYTES_PER_SECOND };
    await this.ask("migrate-set-parameters", much);
    await using way = await openForSockets();
    const path = `${way.path}/state`;
    using listener = Deno.listen({ transport: "unix", path });
    await this.ask("migrate", { uri: `unix:${path}` });
    // At once: QEMU writes under the lock that its monitor needs for an answer.
    await Promise.all([
      copy(listener, way, state),
      this.#until("query-migrate", "completed", ["failed", "cancelled"]),
    ]);
  }

  /** Fills a machine that was started for it from the file, and lets it go on. */
  async thaw(state: string): Promise<void> {
    await using way = await openForSockets();
    const path = `${way.path}/state`;
    await this.ask("migrate-incoming", { uri: `unix:${path}` });
    using connection = await Deno.connect({ transport: "unix", path })
      .catch(ended);
    await way[Symbol.asyncDispose](); // What is connected needs no name.
    using file = await Deno.open(state);
    await file.readable.pipeTo(connection.writable).catch(ended);
    // It was stopped to be frozen, and so it is now.
    await this.#until("query-status", "paused", ["internal-error"]);
    await this.ask("cont");
  }

  async #until(
    query: string,
    good: string,
    bad: readonly string[],
  ): Promise<void> {
    while (true) {
      const answer = await this.ask(query) as Record<string, unknown>;
      const status = String(answer.status);
      if (status === good) return;
      if (bad.includes(status)) {
        throw new Error(String(answer["error-desc"] ?? status));
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}

/** Of a QEMU that ends while it reads a state, its own last words say why. */
function ended(error: unknown): never {
  const { BrokenPipe, ConnectionRefused, ConnectionReset, NotFound } =
    Deno.errors;
  const ends = [BrokenPipe, ConnectionRefused, ConnectionReset, NotFound];
  if (!ends.some((end) => error instanceof end)) throw error;
  throw new MonitorGone("QEMU went away while it read its state");
}

/** Writes what the first to connect sends to a file; then its way there needs no name. */
async function copy(
  listener: Deno.Listener,
  way: Workshop,
  path: string,
): Promise<void> {
  using connection = await listener.accept();
  await way[Symbol.asyncDispose]();
  using file = await Deno.create(path);
  // By hand: where the disk is full, pipeTo() does not come to an end.
  for await (const chunk of connection.readable) {
    for (let at = 0; at < chunk.length;) {
      at += await file.write(chunk.subarray(at));
    }
  }
}
