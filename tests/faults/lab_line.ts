/**
 * A server on loopback that has one file, and a line to it that fails as it is
 * told to.
 *
 * @module
 */

/** One file, and who asked for which part of it. */
export class Line implements AsyncDisposable {
  /** The ranges that were asked for; "" is the whole. */
  asked: string[] = [];
  /** The line breaks in the middle, and takes no further calls. */
  dies = false;
  /** Nothing comes any more from the middle on. */
  stalls = false;
  /** A bit on its way becomes another. */
  flips = false;
  /** Resolves when half of the file was handed over. */
  half: Promise<void> = Promise.resolve();

  readonly #file: Uint8Array<ArrayBuffer>;
  #server: Deno.HttpServer<Deno.NetAddr> | undefined;
  #cut = new AbortController();
  #port = 0;
  #handedOver = (): void => {};

  constructor(file: Uint8Array<ArrayBuffer>) {
    this.#file = file;
    this.reset();
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/vmlinuz`;
  }

  /** A line without a fault, that nobody has called yet. */
  reset(): void {
    this.asked = [];
    this.dies = this.stalls = this.flips = false;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.half = promise;
    this.#handedOver = resolve;
    if (this.#server === undefined) this.#serve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const server = this.#server;
    this.#cut.abort();
    await server?.finished;
  }

  #serve(): void {
    this.#cut = new AbortController();
    this.#server = Deno.serve(
      {
        ...{ port: this.#port, hostname: "127.0.0.1", onListen: () => {} },
        signal: this.#cut.signal,
      },
      (request) => this.#answer(request),
    );
    this.#port = this.#server.addr.port;
  }

  #answer(request: Request): Response {
    const range = request.headers.get("range") ?? "";
    this.asked.push(range);
    const from = Number(/\d+/.exec(range) ?? 0);
    const bytes = this.#file.slice(from);
    if (this.flips) bytes[bytes.length >> 1] = ~(bytes[bytes.length >> 1] ?? 0);
    const last = this.#file.length - 1;
    const headers = {
      "content-range": `bytes ${from}-${last}/${this.#file.length}`,
    };
    return new Response(
      this.dies || this.stalls ? this.#broken(bytes) : bytes,
      range === "" ? {} : { status: 206, headers },
    );
  }

  /** Half of the bytes, and then the fault. */
  #broken(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
    let sent = false;
    return new ReadableStream({
      pull: async (controller): Promise<void> => {
        if (!sent) {
          sent = true;
          return controller.enqueue(bytes.subarray(0, bytes.length >> 1));
        }
        await new Promise((resolve) => setTimeout(resolve, 200));
        this.#handedOver();
        if (!this.dies) return await new Promise(() => {});
        this.dies = false;
        this.#server = undefined; // With all that is under way.
        this.#cut.abort();
      },
    });
  }
}
