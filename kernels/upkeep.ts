/**
 * Keeping the cache in order: what is damaged, what nobody needs.
 *
 * @module
 */
import { join } from "node:path";
import { ImageCache } from "./image_cache.ts";
import type { Kernel, Lock } from "./kernel.ts";
import { readLast, rowsFolder } from "./last_time.ts";

/** One image of the cache. */
export interface Checked {
  readonly path: string;
  /** Nothing where the image is damaged. */
  readonly release?: string;
}

/** Looks at every image below a cache. */
export async function* verifyImages(cache: string): AsyncGenerator<Checked> {
  const images = new ImageCache(join(cache, "kernels"));
  for (const sha256 of await images.list()) {
    const image = await images.find(sha256);
    yield image ?? { path: join(images.folder, sha256) };
  }
}

/** Something that was removed. */
export interface Pruned {
  readonly path: string;
  readonly bytes: number;
}

const dayMs = 24 * 60 * 60 * 1000;
/** A run that began a while ago may be about to boot an image, or to go on with a part. */
const graceMs = dayMs / 24;
/** How long what is in these folders is kept: after a month even who is offline has no use for an index. */
const lives = {
  parts: dayMs,
  indexes: 30 * dayMs,
  keys: 30 * dayMs,
  configs: 30 * dayMs,
};

async function names(folder: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** The size of a file or of the files in a folder, and when the youngest was written. */
async function look(path: string): Promise<{ bytes: number; age: number }> {
  const { isDirectory, size, mtime } = await Deno.stat(path);
  const age = Date.now() - (mtime?.getTime() ?? 0);
  if (!isDirectory) return { bytes: size, age };
  const below = await names(path);
  const looks = await Promise.all(below.map((name) => look(join(path, name))));
  return {
    bytes: looks.reduce((sum, one) => sum + one.bytes, 0),
    age: Math.min(age, ...looks.map((one) => one.age)),
  };
}

/** Removes of these names in `folder` what is older than `ageMs`. */
async function* remove(
  folder: string,
  unused: readonly string[],
  ageMs: number,
): AsyncGenerator<Pruned> {
  for (const name of unused) {
    const path = join(folder, name);
    const { bytes, age } = await look(path);
    if (age < ageMs) continue;
    await Deno.remove(path, { recursive: true });
    yield { path, bytes };
  }
}

/**
 * Removes the images that neither a row of the list had last nor a lock names,
 * the memory of rows that are gone, parts that nobody went on with, and what is
 * old of all else. What was written within the last hour stays: another run may use it.
 */
export async function* prune(
  cache: string,
  kernels: readonly Kernel[],
  lock: Lock = {},
): AsyncGenerator<Pruned> {
  const lasts = await Promise.all(kernels.map((k) => readLast(k, cache)));
  const used = new Set(
    [...lasts.map(({ pin }) => pin), ...Object.values(lock)].map((pin) =>
      pin?.sha256
    ),
  );
  const rows = new Set(
    kernels.map(({ id }) => `${encodeURIComponent(id)}.json`),
  );
  const folder = join(cache, "kernels");
  const images = await new ImageCache(folder).list();
  yield* remove(folder, images.filter((sha) => !used.has(sha)), graceMs);
  const memory = await names(rowsFolder(cache));
  const gone = memory.filter((name) => !rows.has(name));
  yield* remove(rowsFolder(cache), gone, graceMs);
  for (const [name, ageMs] of Object.entries(lives)) {
    const below = join(folder, name);
    yield* remove(below, await names(below), ageMs);
  }
}
