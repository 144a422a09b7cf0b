/**
 * Names contents by their sha256.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readJson, writeJson } from "./cached.ts";

/** In hex. */
export async function sha256(content: string | Uint8Array): Promise<string> {
  const bytes = typeof content === "string"
    ? new TextEncoder().encode(content)
    : content;
  return hex(
    new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice())),
  );
}

/** Lower case, two digits for each byte. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}

/** Hashes files of the host and remembers the hash as long as the file looks the same. */
export class FileDigests {
  readonly #path: string;
  readonly #known: Record<string, string>;
  readonly #used: Record<string, string> = {};

  private constructor(path: string, known: Record<string, string>) {
    this.#path = path;
    this.#known = known;
  }

  /** Opens the memory of digests at `path`; one that is missing or broken starts empty. */
  static async open(path: string): Promise<FileDigests> {
    return new FileDigests(path, await readJson(path) ?? {});
  }

  /** Writes down what is new. Of two runs at once one may win: the other's digests are made again. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (Object.keys(this.#used).every((look) => look in this.#known)) return;
    // Only what this run used: the memory does not grow with files that are gone.
    await writeJson(this.#path, this.#used);
  }

  /** The sha256 of the file. */
  async of(path: string): Promise<string> {
    const { size, mtime, ctime, ino } = await Deno.stat(path);
    const look = [path, size, mtime?.getTime(), ctime?.getTime(), ino].join(
      " ",
    );
    return this.#used[look] = this.#known[look] ?? await digestOf(path);
  }
}

/** The sha256 of the file as it is now. */
export async function digestOf(path: string): Promise<string> {
  using source = await Deno.open(path);
  const hash = createHash("sha256");
  for await (const chunk of source.readable) hash.update(chunk);
  return hash.digest("hex");
}
