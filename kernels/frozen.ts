/**
 * Frozen machines of the cache: a folder each, with the machine's memory as QEMU maps it and the
 * rest of the machine as QEMU wrote it. Whoever brings one back maps the memory privately, so that
 * any number of runs may do so at once, and one that is pruned meanwhile goes on.
 *
 * @module
 */
import { namesIn, readJson, writeJson } from "./cached.ts";
import { digestOf, sha256 } from "./digest.ts";
import type { Accel } from "./qemu.ts";
import { openWorkshop } from "./workshop.ts";

/** A frozen machine, by its two files. */
export interface Frozen {
  readonly ram: string;
  readonly state: string;
}

/** A machine that is being made: a folder that is gone at the end of its block, unless it was placed. */
export interface Part extends AsyncDisposable {
  readonly path: string;
}

/** Of what one was made, and how it runs: from this its name can be made again. */
export interface Made {
  /** The sum of the kernel's image. */
  readonly image: string;
  /** The name of the archive that it booted with. */
  readonly base: string;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly accel: Accel;
}

/** What is kept of all frozen machines, in bytes on the disk; the one used last is always kept. */
const KEPT_BYTES = 6 * 2 ** 30;

/** The frozen machines below a cache. */
export class FrozenMachines {
  /** Each is a folder in this one. */
  readonly folder: string;

  /** @param cache the user's cache folder. */
  constructor(cache: string) {
    this.folder = `${cache}/machines`;
  }

  /** The name for a machine that is made of these things, and of nothing else. */
  async key(things: readonly unknown[]): Promise<string> {
    return await sha256(JSON.stringify(things));
  }

  /** The machine; nothing when there is none, `"damaged"` when there was one and is no more. */
  async find(key: string): Promise<Frozen | "damaged" | undefined> {
    const folder = `${this.folder}/${key}`;
    const frozen = filesOf(folder);
    const written = await readJson<string>(`${folder}/look.json`);
    if (written === undefined && !await isThere(folder)) return undefined;
    if (written !== undefined && written === await look(frozen)) {
      const now = new Date();
      await Deno.utime(`${folder}/look.json`, now, now).catch(() => {});
      return frozen;
    }
    await this.forget(key);
    return "damaged";
  }

  /** Begins a machine; what killed runs had begun is removed. */
  async part(): Promise<Part> {
    await using undo = new AsyncDisposableStack();
    const workshop = undo.use(await openWorkshop(this.folder));
    const path = `${workshop.path}/machine`;
    await Deno.mkdir(path);
    const whole = undo.move();
    return { path, [Symbol.asyncDispose]: () => whole.disposeAsync() };
  }

  /** Makes the machine of a part known by its name. Of two runs at once, the first one's is kept. */
  async place(key: string, { path: part }: Part, made: Made): Promise<Frozen> {
    await writeJson(`${part}/made.json`, made);
    await writeJson(`${part}/look.json`, await look(filesOf(part)));
    const folder = `${this.folder}/${key}`;
    try {
      await Deno.rename(part, folder);
    } catch (error) {
      if (!await isThere(folder)) throw error;
    }
    await this.#prune(key);
    return filesOf(folder);
  }

  /** Every machine and part of one, and of what it was made, where it says so; the one used last first. */
  async all(): Promise<{ name: string; made: Made | undefined }[]> {
    const found = await this.#list();
    return await Promise.all(found.map(async ({ name, path }) => ({
      name,
      made: await readJson<Made>(`${path}/made.json`),
    })));
  }

  /** Removes a machine. */
  async forget(key: string): Promise<void> {
    await removeAll(`${this.folder}/${key}`);
  }

  /** Removes what was used longest ago, down to what is kept. */
  async #prune(last: string): Promise<void> {
    let bytes = 0;
    for (const { name, path } of await this.#list()) {
      if (name.startsWith(".")) continue; // It is being made.
      bytes += 512 * ((await statOf(filesOf(path).ram))?.blocks ?? 0);
      if (bytes > KEPT_BYTES && name !== last) await removeAll(path);
    }
  }

  /** Every machine, and part of one, and when it was used; the one used last first. */
  async #list(): Promise<{ name: string; path: string; used: number }[]> {
    const found = [];
    for (const name of await namesIn(this.folder)) {
      const path = `${this.folder}/${name}`;
      // Another run may have renamed it; what is no folder is nothing of ours.
      if (!(await statOf(path))?.isDirectory) continue;
      const used = (await statOf(`${path}/look.json`))?.mtime?.getTime() ?? 0;
      found.push({ name, path, used });
    }
    return found.sort((a, b) => b.used - a.used);
  }
}

function filesOf(folder: string): Frozen {
  return { ram: `${folder}/ram`, state: `${folder}/state` };
}

/**
 * By what a machine is known to be as it was made: the sum of its state, and the looks of its
 * memory. To sum up the memory would take as long as a boot; but whoever writes to it, cuts it or
 * copies it changes its looks.
 */
async function look({ ram, state }: Frozen): Promise<string | undefined> {
  const stat = await statOf(ram);
  if (!stat || !await statOf(state)) return undefined;
  const { size, mtime, ino } = stat;
  const looks = [size, mtime?.getTime(), ino].join(" ");
  return `${looks} ${await digestOf(state)}`;
}

async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  return await Deno.stat(path).catch(() => undefined);
}

async function isThere(path: string): Promise<boolean> {
  return await statOf(path) !== undefined;
}

async function removeAll(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true }).catch(() => {});
}
