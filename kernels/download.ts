/**
 * Bytes from an archive, bounded in size and in silence.
 *
 * @module
 */
import { Unavailable } from "./kernel.ts";
import type { Bytes } from "./unpack.ts";

/** What a download may cost. */
export interface Bounds {
  /** Bytes of the whole file; more is an error. */
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

/** Thrown where a file came, and is not the one that was wanted. */
export class OtherBytes extends Unavailable {}

/** Thrown where the line broke: what came until then is good, and the rest may come another time. */
export class Broken extends Unavailable {}

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
      throw new OtherBytes(
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
    return new Broken(`${url.host} sent nothing for ${dog.ms / 1000} s`);
  }
  return new Broken(`${url.host} cannot be reached: ${cause(error)}`);
}

/** More than any archive needs: one for a mirror, one for a content network. */
const maxRedirects = 8;

/** Follows redirects by hand, so that a circle of them has a message of its own. */
async function request(url: URL, init: RequestInit): Promise<Response> {
  let at = url;
  for (let hops = 0; hops <= maxRedirects; hops++) {
    const response = await fetch(at, { ...init, redirect: "manual" });
    const location = response.headers.get("location");
    if (location === null || Math.floor(response.status / 100) !== 3) {
      return response;
    }
    await response.body?.cancel();
    at = new URL(location, at);
    if (!/^https?:$/.test(at.protocol)) {
      throw new Unavailable(`${url} redirects to ${at}, which is no web page`);
    }
  }
  throw new Unavailable(
    `${url} redirects more than ${maxRedirects} times, last to ${at}`,
  );
}

/** Asks for the file from byte `from` on, or for the whole where the archive has no such byte. */
async function answer(
  url: URL,
  from: number,
  signal: AbortSignal,
): Promise<Response> {
  const headers = from > 0 ? { range: `bytes=${from}-` } : undefined;
  const response = await request(url, { signal, ...(headers && { headers }) });
  if (response.ok) return response;
  await response.body?.cancel();
  const { status, statusText } = response;
  if (status === 416 && from > 0) return await answer(url, 0, signal);
  const words = `${url} answered ${status} ${statusText}`.trim();
  throw new Refused(status, words);
}

/** Bytes of a file, and which byte of it is their first. */
export interface Part {
  readonly start: number;
  readonly bytes: Bytes;
}

/** The first byte that an answer holds, by RFC 9110, section 14.4. */
function startOf({ status, headers }: Response): number {
  if (status !== 206) return 0;
  const range = headers.get("content-range") ?? "";
  return Number(/^bytes (\d+)-/.exec(range)?.[1] ?? NaN);
}

/**
 * The bytes at `url`, from byte `from` on where the archive can, else from its
 * beginning, handed to `take`. Throws {@link Unavailable} where they cannot be
 * had ({@link Refused} where the archive says so, {@link Broken} where another
 * try may go on), or the signal's reason.
 */
export async function downloadPart(
  url: URL,
  from: number,
  bounds: Bounds,
  take: (part: Part) => Promise<void>,
): Promise<void> {
  using dog = new Watchdog(bounds.stallMs ?? 30_000);
  const { signal: outer, limit } = bounds;
  const signal = outer ? AbortSignal.any([outer, dog.signal]) : dog.signal;
  try {
    const response = await answer(url, from, signal);
    const start = startOf(response);
    if (start !== 0 && start !== from) {
      await response.body?.cancel();
      throw new Unavailable(`${url} answered with other bytes than asked for`);
    }
    await take({ start, bytes: body(response, url, limit - start, dog) });
  } catch (error) {
    throw explain(error, url, dog, outer);
  }
}

/** The whole file at `url` as one array; throws as {@link downloadPart} does. */
export async function downloadWhole(
  url: URL,
  bounds: Bounds,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  await downloadPart(url, 0, bounds, async ({ bytes }) => {
    for await (const chunk of bytes) chunks.push(chunk);
  });
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
