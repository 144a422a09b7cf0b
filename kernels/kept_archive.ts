/**
 * An archive of the cache that is either whole, as it was made, or made again.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import {
  type Make,
  place,
  prune,
  readJson,
  replace,
  unlessGone,
  writeJson,
} from "./cached.ts";
import { digestOf } from "./digest.ts";

/** How many stay in a folder (about 100 MB each), and how long one stays after its last use. */
const KEPT = 3;
const GRACE_MS = 60 * 60_000;

/**
 * As {@linkcode place}, with the sum of what was made kept in the cache: an archive that is damaged
 * later is noticed and made again. A guest would only power off. Archives of before are removed.
 */
export async function keptArchive(
  path: string,
  cache: string,
  make: Make,
): Promise<string> {
  const sum = `${cache}/sums/${basename(path)}.json`;
  const found = await unlessGone(digestOf(path));
  const isDamaged = found !== undefined && found !== await readJson(sum);
  // Nothing is removed: another run may have put a good one there meanwhile, and be about to boot it.
  const placed = await (isDamaged ? replace : place)(path, async (part) => {
    await make(part);
    await writeJson(sum, await digestOf(part));
  });
  await prune(dirname(path), KEPT, GRACE_MS);
  return placed;
}
