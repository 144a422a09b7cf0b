/**
 * Whether what is kept is whole: the images of the cache, and the kernels of
 * the user's folder.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { unlessGone } from "./cached.ts";
import { digestOf } from "./digest.ts";
import { NotAnImage, readHeader } from "./image.ts";
import { ImageCache } from "./image_cache.ts";
import type { Keeping, Kernel, Lock } from "./kernel.ts";
import { readLast } from "./last_time.ts";
import { keptName, sumPath } from "./own.ts";
import { wrongLabel } from "./select.ts";
import { table } from "./terminal.ts";
import { Unread, unread } from "./unread.ts";

/** What was seen of an image; nobody has a checksum of a kernel that the user put there. */
export type State = "whole" | "no sum" | "damaged" | "unread";

/** One image that is kept. */
export interface Checked {
  /** The ids of the rows that have it. */
  readonly rows: readonly string[];
  readonly path: string;
  readonly state: State;
  /** The release; of one that is damaged or was not read what is wrong. */
  readonly tells: string;
  /** What makes a damaged one whole again, or ends it, or lets one be read. */
  readonly wayOut?: string;
}

/** The checksums of the packages of one row. */
interface Sums {
  readonly id: string;
  readonly last: string | undefined;
  readonly pinned: string | undefined;
  /** What a run here takes: what it is pinned to, where there is a lock. */
  readonly taken: string | undefined;
}

async function sumsOf(
  kernel: Kernel,
  { cache, lock }: Keeping,
): Promise<Sums> {
  const { id } = kernel;
  const last = (await readLast(kernel, cache)).pin?.sha256;
  const pinned = lock?.[id]?.sha256;
  return { id, last, pinned, taken: lock === undefined ? last : pinned };
}

/** Looks at every image below a cache, in the order of the rows; `kernels` are all there are. */
export async function* verifyImages(
  cache: string,
  kernels: readonly Kernel[],
  lock?: Lock,
): AsyncGenerator<Checked> {
  const images = new ImageCache(join(cache, "kernels"));
  const sums = await Promise.all(
    kernels.map((kernel) => sumsOf(kernel, { cache, lock })),
  );
  const there = await images.list();
  const ordered = sums.flatMap(({ last, pinned }) => [last, pinned]);
  for (const sha256 of new Set([...ordered, ...there])) {
    if (sha256 === undefined || !there.includes(sha256)) continue;
    const having = sums.filter(({ last, pinned }) =>
      last === sha256 || pinned === sha256
    );
    const takers = having.filter(({ taken }) => taken === sha256);
    const seen = await verifyImage(images, sha256, takers.map(({ id }) => id));
    yield { rows: having.map(({ id }) => id), ...seen };
  }
}

/** `takers` are the rows whose next run takes it. */
async function verifyImage(
  images: ImageCache,
  sha256: string,
  takers: readonly string[],
): Promise<Omit<Checked, "rows">> {
  const folder = join(images.folder, sha256);
  try {
    const image = await images.find(sha256);
    if (image !== undefined) {
      return { path: image.path, state: "whole", tells: image.release };
    }
  } catch (error) {
    return { path: folder, ...unreadState(error) };
  }
  return {
    path: folder,
    state: "damaged",
    tells: "it is not what was put there",
    // What no run here takes is not had again either.
    wayOut: takers.length > 0
      ? `deno task kernels fetch ${takers.join(" ")}`
      : `remove ${folder}`,
  };
}

/** What is said of what could not be read, which tells nothing of the kernel. Throws what is no such error. */
function unreadState(error: unknown): Omit<Checked, "rows" | "path"> {
  if (!(error instanceof Unread)) throw error;
  const { why, wayOut } = error;
  return { state: "unread", tells: `cannot be read: ${why}`, wayOut };
}

/** What a kernel of the user's is. Throws {@link NotAnImage}, or the system's error. */
async function look(path: string): Promise<Pick<Checked, "state" | "tells">> {
  const { release } = readHeader(path);
  const sum = await unlessGone(Deno.readTextFile(sumPath(path)));
  if (sum === undefined) return { state: "no sum", tells: release };
  if (sum.startsWith(`${await digestOf(path)} `)) {
    return { state: "whole", tells: release };
  }
  const tells = `its checksum is not that of ${basename(sumPath(path))}`;
  return { state: "damaged", tells };
}

/**
 * Add keeps it in the same place, but not where an earlier version took a prefix for a part of the
 * name, nor where the user gave the folder a name that add refuses.
 */
function wayBack(path: string): string {
  const folder = dirname(path);
  const name = basename(folder);
  const wrong = wrongLabel(name);
  if (wrong !== undefined) {
    return `put the image back in ${folder}, and rename that to what add takes as a name: ${wrong}`;
  }
  return keptName(name) === name
    ? `remove ${folder}, then deno task kernels add ${name}=SOURCE`
    : `put the image back in ${folder}`;
}

async function verifyFile(id: string, path: string): Promise<Checked> {
  const rows = [id];
  const wayOut = wayBack(path);
  try {
    const seen = await look(path);
    return { rows, path, ...seen, ...seen.state === "damaged" && { wayOut } };
  } catch (error) {
    if (error instanceof NotAnImage) {
      const tells = `it ${error.message}`;
      return { rows, path, state: "damaged", tells, wayOut };
    }
    const otherwise =
      "mend what is said of it, and leave the kernel where it is";
    return { rows, path, ...unreadState(unread(error, path, otherwise)) };
  }
}

/** Looks at the user's own kernels. */
export async function* verifyOwn(
  own: readonly Kernel[],
): AsyncGenerator<Checked> {
  for (const { id, source } of own) {
    if (source.kind === "file") yield await verifyFile(id, source.path);
  }
}

/** What was seen, as a table, and what a word of it means. */
export function checkedText(checked: readonly Checked[]): string {
  const lines = checked.map(({ state, rows, path, tells }) => [
    ...[state, rows.join(", ") || "no row", tells, path],
  ]);
  const hasUnknown = checked.some(({ state }) => state === "no sum");
  const legend =
    "no sum: it begins as a kernel does; sha256sum FILE > FILE.sha256 beside it lets verify tell more";
  return [table(lines), ...hasUnknown ? [legend] : []].join("\n");
}

/** How many are damaged or were not read, and what is to be done, a line each; empty where none is. */
export function wayOutText(checked: readonly Checked[]): string {
  return [
    ...waysOf(checked, "damaged", "what to do"),
    ...waysOf(checked, "unread", "what lets them be looked at"),
  ].join("\n");
}

function waysOf(
  checked: readonly Checked[],
  state: State,
  aim: string,
): string[] {
  const found = checked.filter((one) => one.state === state);
  if (found.length === 0) return [];
  const ways = found.map(({ rows, wayOut = "" }) =>
    `  ${rows.join(", ") || "of no row"}: ${wayOut}`
  );
  return [`${found.length} ${state}; ${aim}:`, ...ways];
}
