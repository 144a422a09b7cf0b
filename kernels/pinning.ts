/**
 * What `fetch --lock` does: the packages of rows become the pins of a lock.
 *
 * @module
 */
import type { Image, Kernel, Pin } from "./kernel.ts";
import { readLast } from "./last_time.ts";
import { lockPath, writeLock } from "./lock.ts";

/** Why a row has nothing to pin, if so: a label may be the id of another row, which was had before. */
function whyNone({ source }: Kernel): string | undefined {
  if (source.kind === "file") return "a file of yours is had as it is";
  if (source.kind === "url") return "its address has its checksum";
  return undefined;
}

/** Pins what these rows have now; tells which have nothing to pin or are in doubt, and how many are pinned. */
export async function pinImages(
  images: readonly Image[],
  cache: string,
  path = lockPath,
): Promise<string[]> {
  const pins: Record<string, Pin> = {};
  const told: string[] = [];
  for (const { kernel } of images) {
    const { id } = kernel;
    const none = whyNone(kernel);
    if (none !== undefined) {
      told.push(`${id} is not pinned: ${none}`);
      continue;
    }
    const { pin } = await readLast(kernel, cache);
    if (pin === undefined) continue;
    pins[id] = pin;
    if (pin.unchecked !== undefined) {
      told.push(`${id} is pinned in doubt: ${pin.unchecked}`);
    }
  }
  const now = Object.keys(pins).length;
  // An empty lock would let no row be had.
  if (now === 0) return [...told, `Nothing to pin: ${path} is as it was`];
  const all = Object.keys(await writeLock(pins, path)).length;
  return [...told, `${path}: ${now} pinned now, ${all} in all`];
}
