/**
 * `kernels.lock`: the exact packages of a project's rows, so that every run of
 * it has the same kernels.
 *
 * @module
 */
import { resolve } from "node:path";
import { unlessGone, writeJson } from "./cached.ts";
import { isUsable } from "./index_format.ts";
import type { Lock, Pin } from "./kernel.ts";
import { sites } from "./sites.ts";
import { systemWords } from "./system_words.ts";
import { UsageError } from "./usage_error.ts";

/** The file of the project that runs. */
export const lockPath = "kernels.lock";

const schema = "ringside-kernels/1";

/** A value of JSON that may be anything. */
type Loose = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What of a pin cannot be used, if anything. */
function faultOf(pin: unknown): string | undefined {
  if (!isObject(pin)) return "is no pin";
  const archive = isObject(pin.archive) ? pin.archive : {};
  const { name, version, filename, sha256 } = pin;
  const texts = { name, version, filename, sha256, suite: archive.suite };
  for (const [field, text] of Object.entries(texts)) {
    if (typeof text !== "string") return `has no ${field}`;
  }
  const { site } = archive;
  if (typeof site !== "string" || !Object.hasOwn(sites, site)) {
    return `has no site that is known: ${JSON.stringify(site)}`;
  }
  if (!isUsable(pin as unknown as Pin)) {
    return "has a bad filename, size or sha256";
  }
  if (!["string", "undefined"].includes(typeof pin.unchecked)) {
    return "has a bad unchecked";
  }
  return undefined;
}

/** What is wrong with the contents of a lock, if anything. */
function wrong(read: unknown): string | undefined {
  if (!isObject(read) || !isObject(read.kernels)) {
    return "it is no lock of kernels";
  }
  if (read.schema !== schema) {
    return `its schema is ${JSON.stringify(read.schema)}, not "${schema}"`;
  }
  for (const [id, pin] of Object.entries(read.kernels)) {
    const fault = faultOf(pin);
    if (fault !== undefined) return `${id} ${fault}`;
  }
  return undefined;
}

function parse(text: string): Lock {
  const read = JSON.parse(text);
  const why = wrong(read);
  if (why !== undefined) throw new SyntaxError(why);
  return read.kernels;
}

/** Throws {@link UsageError}, which names the whole path: which folder was meant may be the mistake. */
function refuse(path: string, error: unknown): never {
  if (!(error instanceof Error)) throw error;
  const why = systemWords(error).replaceAll(/\s+/g, " ");
  const wayOut = error instanceof SyntaxError
    ? "put it back as it was, or remove it and pin what there is now: deno task kernels fetch --lock"
    : "make it a file that can be read, or remove it: without it the newest kernels are had";
  throw new UsageError(`Cannot read ${resolve(path)}: ${why}; ${wayOut}`);
}

/** The pins of the file at `path`; none where there is no file. Throws {@link UsageError}. */
export async function readLock(path = lockPath): Promise<Lock | undefined> {
  try {
    const text = await unlessGone(Deno.readTextFile(path));
    return text === undefined ? undefined : parse(text);
  } catch (error) {
    return refuse(path, error);
  }
}

/**
 * Replaces the pins of these rows in the file at `path`; others stay as they are. Answers all.
 *
 * @throws {Error} naming the file, the cause and the way out, when it cannot be written.
 */
export async function writeLock(pins: Lock, path = lockPath): Promise<Lock> {
  const kernels = { ...await readLock(path), ...pins };
  const sorted = Object.entries(kernels).sort(([a], [b]) => a < b ? -1 : 1);
  const contents = { schema, kernels: Object.fromEntries(sorted) };
  try {
    await writeJson(resolve(path), contents);
  } catch (error) {
    throw new Error(
      `Cannot write ${resolve(path)}: ${systemWords(error)}; ` +
        "give the command in a folder that your user may write to",
    );
  }
  return contents.kernels;
}
