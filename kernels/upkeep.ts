/**
 * Keeping the cache in order: what nobody needs.
 *
 * @module
 */
import { join, relative, sep } from "node:path";
import { namesIn, unlessGone } from "./cached.ts";
import { ImageCache } from "./image_cache.ts";
import type { Image, Keeping, Kernel, Lock } from "./kernel.ts";
import { readLast, rowsFolder } from "./last_time.ts";
import { leftovers } from "./leftovers.ts";
import { cached } from "./provision.ts";
import { Unread } from "./unread.ts";

/** Something that was removed. */
export interface Pruned {
  readonly path: string;
  /** What it took of the disk. */
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

/** Folders that killed runs worked in; runs of before had no dot. */
const halfDone = /^\.?part-/;

/** What something takes of the disk, and when the youngest of it was written. */
interface Look {
  readonly bytes: number;
  readonly age: number;
}

/** Looks at a file, or at a folder and all in it; nothing where it is gone. */
async function look(path: string): Promise<Look | undefined> {
  const stat = await unlessGone(Deno.stat(path));
  if (stat === undefined) return undefined;
  const { isDirectory, size, blocks, mtime } = stat;
  const age = Date.now() - (mtime?.getTime() ?? 0);
  // The memory of a guest is a file with holes.
  const bytes = blocks === null ? size : blocks * 512;
  if (!isDirectory) return { bytes, age };
  const below = await namesIn(path);
  const looks = await Promise.all(below.map((name) => look(join(path, name))));
  const there = looks.filter((one) => one !== undefined);
  return {
    bytes: there.reduce((sum, one) => sum + one.bytes, 0),
    age: Math.min(age, ...there.map((one) => one.age)),
  };
}

/** Removes of these names in `folder` what is older than `ageMs`, and still there. */
async function* remove(
  folder: string,
  unused: readonly string[],
  ageMs: number,
): AsyncGenerator<Pruned> {
  for (const name of unused) {
    const path = join(folder, name);
    const seen = await look(path);
    if (seen === undefined || seen.age < ageMs) continue;
    const isRemoved = await unlessGone(
      Deno.remove(path, { recursive: true }).then(() => true),
    );
    if (isRemoved) yield { path, bytes: seen.bytes };
  }
}

/** The images that a run here would take up, and one without a lock, as of another folder. */
async function imagesOf(
  kernels: readonly Kernel[],
  { cache, lock }: Keeping,
): Promise<Image[]> {
  const ways = lock === undefined ? [{ cache }] : [{ cache }, { cache, lock }];
  const asked = ways.flatMap((way) => kernels.map((k) => cached(k, way)));
  const answers = await Promise.allSettled(asked);
  return answers.flatMap((one) => {
    if (one.status === "fulfilled") return one.value ?? [];
    if (one.reason instanceof Unread) return []; // No run takes it up either.
    throw one.reason;
  });
}

/**
 * Removes the images that neither a row of the list had last nor a lock names,
 * the memory of rows that are gone, parts that nobody went on with, what is
 * old of all else, and the {@linkcode leftovers} of runs. What was used within
 * the last hour stays: another run may use it.
 */
export async function* prune(
  cache: string,
  kernels: readonly Kernel[],
  lock?: Lock,
): AsyncGenerator<Pruned> {
  const lasts = await Promise.all(kernels.map((k) => readLast(k, cache)));
  const pins = [...lasts.map(({ pin }) => pin), ...Object.values(lock ?? {})];
  const used = new Set(pins.map((pin) => pin?.sha256));
  const rows = new Set(
    kernels.map(({ id }) => `${encodeURIComponent(id)}.json`),
  );
  const folder = join(cache, "kernels");
  const images = await new ImageCache(folder).list();
  const half = (await namesIn(folder)).filter((name) => halfDone.test(name));
  yield* remove(folder, half, dayMs);
  yield* remove(folder, images.filter((sha) => !used.has(sha)), graceMs);
  const memory = await namesIn(rowsFolder(cache));
  const gone = memory.filter((name) => !rows.has(name));
  yield* remove(rowsFolder(cache), gone, graceMs);
  for (const [name, ageMs] of Object.entries(lives)) {
    const below = join(folder, name);
    yield* remove(below, await namesIn(below), ageMs);
  }
  const left = leftovers(cache, await imagesOf(kernels, { cache, lock }));
  for await (const { folder, names, ageMs } of left) {
    yield* remove(folder, names, ageMs);
  }
}

/** What was removed, and how much that was, by the folders of the cache. */
export function prunedText(cache: string, pruned: readonly Pruned[]): string {
  const folders = new Map<string, number>();
  for (const { path, bytes } of pruned) {
    const [folder = ""] = relative(cache, path).split(sep);
    folders.set(folder, (folders.get(folder) ?? 0) + bytes);
  }
  const all = pruned.reduce((sum, { bytes }) => sum + bytes, 0);
  const parts = [...folders].map(([name, bytes]) => `${name} ${size(bytes)}`);
  const removed = pruned.map(({ path, bytes }) =>
    `removed ${size(bytes).padStart(10)}  ${path}`
  );
  const sums = parts.length > 0 ? `: ${parts.join(", ")}` : "";
  return [...removed, `${size(all)} freed${sums}`].join("\n");
}

function size(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
