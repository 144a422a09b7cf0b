/**
 * Bytes from an archive, bounded in size and in silence.
 *
 * @module
 */
import { Unavailable } from "./kernel.ts";
import type { Bytes } from "./unpack.ts";

/** What a download may cost. */
export interface Bounds {
  /** Bytes; more is an error. */
  readonly limit: number;
  /** Longest wait for the next byte; 30 s where it is not given. */
  readonly stallMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Thrown where the archive answers, but not with the file. */
export class Refused extends Unavailable {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/** Deno's own text names the URL and three layers; the last says what is wrong. */
function cause(error: unknown): string {
  const deepest = error instanceof Error && error.cause instanceof Error
    ? error.cause
    : error;
  const text = deepest instanceof Error ? deepest.message : String(deepest);
  return (text.split("\n")[0] ?? "").replace(/ \(os error \d+\)/, "").split(
    ": ",
  ).pop() ?? text;
}

/** Aborts when it was not touched for `ms`. */
class Watchdog implements Disposable {
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly ms: number) {
    this.touch();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  touch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(), this.ms);
  }
}

async function* body(
  response: Response,
  url: URL,
  limit: number,
  dog: Watchdog,
): Bytes {
  let size = 0;
  for await (const chunk of response.body ?? []) {
    dog.touch();
    size += chunk.length;
    if (size > limit) {
      throw new Unavailable(
        `${url} is larger than the ${limit} bytes expected`,
      );
    }
    yield chunk;
  }
}

function explain(
  error: unknown,
  url: URL,
  dog: Watchdog,
  signal?: AbortSignal,
): unknown {
  if (error instanceof Unavailable || signal?.aborted) return error;
  if (dog.signal.aborted) {
    return new Unavailable(`${url.host} sent nothing for ${dog.ms / 1000} s`);
  }
  return new Unavailable(`${url.host} cannot be reached: ${cause(error)}`);
}

/**
 * The bytes at `url`. Throws {@link Unavailable} where they cannot be had
 * ({@link Refused} where the archive says so), or the signal's reason.
 */
export async function* download(url: URL, bounds: Bounds): Bytes {
  using dog = new Watchdog(bounds.stallMs ?? 30_000);
  const { signal: outer } = bounds;
  const signal = outer ? AbortSignal.any([outer, dog.signal]) : dog.signal;
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) {
      await response.body?.cancel();
      const { status, statusText } = response;
      throw new Refused(
        status,
        `${url} answered ${status} ${statusText}`.trim(),
      );
    }
    yield* body(response, url, bounds.limit, dog);
  } catch (error) {
    throw explain(error, url, dog, outer);
  }
}

/** The same as one array. */
export async function downloadWhole(
  url: URL,
  bounds: Bounds,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks = await Array.fromAsync(download(url, bounds));
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
