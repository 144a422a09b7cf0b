/**
 * A file that is being downloaded: one run at a time writes it, and the next
 * one goes on where that one ended, however it ended.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { bytesAt } from "./bytes_at.ts";

const exclusive = true;
const pollMs = 100;
const chunkSize = 1 << 20;

/** Who waits for another run is told once. */
export interface Waiting {
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((text: string) => void) | undefined;
}

async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise((resolve) => setTimeout(resolve, ms));
  signal?.throwIfAborted();
}

/** Whether the path still leads to the open file: the run before may have removed it. */
async function isThere(file: Deno.FsFile, path: string): Promise<boolean> {
  const there = await Deno.stat(path).catch(() => undefined);
  return there !== undefined && there.ino === (await file.stat()).ino;
}

/** The beginning of a file, as far as it is here; locked as long as it is open. */
export class PartFile implements Disposable {
  #size = 0;
  #hash = createHash("sha256");

  private constructor(readonly path: string, readonly file: Deno.FsFile) {}

  /** Opens the part called `name` in `folder`, once no other run has it open. */
  static async open(
    folder: string,
    name: string,
    { signal, progress }: Waiting,
  ): Promise<PartFile> {
    await Deno.mkdir(folder, { recursive: true });
    const path = join(folder, name);
    while (true) {
      const file = await Deno.open(path, {
        read: true,
        write: true,
        create: true,
      });
      const part = new PartFile(path, file);
      try {
        for (let told = false; !await file.tryLock(exclusive); told = true) {
          if (!told) progress?.("waiting for another run that downloads it");
          await pause(pollMs, signal);
        }
        if (await isThere(file, path)) return await part.#read();
      } catch (error) {
        file.close();
        throw error;
      }
      file.close();
    }
  }

  [Symbol.dispose](): void {
    this.file.close();
  }

  /** Bytes that are here. */
  get size(): number {
    return this.#size;
  }

  /** The sha256 of what is here, in hex. */
  digest(): string {
    return this.#hash.copy().digest("hex");
  }

  /** Takes what an earlier run left. */
  async #read(): Promise<PartFile> {
    const { size } = await this.file.stat();
    while (this.#size < size) {
      const bytes = await bytesAt(this.file, this.#size, chunkSize);
      if (bytes.length === 0) break;
      this.#hash.update(bytes);
      this.#size += bytes.length;
    }
    return this;
  }

  /** Forgets what is here. */
  async clear(): Promise<void> {
    await this.file.truncate();
    await this.file.seek(0, Deno.SeekMode.Start);
    this.#size = 0;
    this.#hash = createHash("sha256");
  }

  /** Adds bytes at the end. */
  append(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      done += this.file.writeSync(bytes.subarray(done));
    }
    this.#hash.update(bytes);
    this.#size += bytes.length;
  }

  /** Removes the file: it is wrong, or nobody needs it any more. */
  async remove(): Promise<void> {
    await Deno.remove(this.path).catch(() => {});
  }
}
