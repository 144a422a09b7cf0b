/**
 * A row's image from an archive, or from the cache.
 *
 * @module
 */
import { join } from "node:path";
import { readJson, writeJson } from "./cached.ts";
import { type CachedImage, isFresh } from "./image_cache.ts";
import {
  type ArchiveSource,
  type Kernel,
  type ProvisionOptions,
  Unavailable,
} from "./kernel.ts";
import { bestOffer } from "./offers.ts";
import { haveParcel, imagesOf } from "./package_source.ts";
import type { Supplier } from "./supplier.ts";

/** Which image a row had last, in `rows/ID.json`. */
interface Row {
  readonly package: string;
  /** The sha256 of the package. */
  readonly deb: string;
  /** When the archive was asked, in ISO 8601. */
  readonly resolved: string;
  /** Why the signature of its index was not checked, where it was not. */
  readonly unchecked?: string;
}

function rowPath(kernel: Kernel, cache: string): string {
  const name = `${encodeURIComponent(kernel.id)}.json`;
  return join(cache, "kernels", "rows", name);
}

async function resolve(
  kernel: Kernel,
  source: ArchiveSource,
  options: ProvisionOptions,
  refresh = false,
): Promise<CachedImage> {
  const started = new Date().toISOString();
  const offer = await bestOffer(source, options, refresh);
  try {
    const image = await haveParcel(offer, options);
    const { unchecked } = offer;
    const row: Row = {
      package: offer.name,
      deb: offer.sha256,
      resolved: offer.had,
      ...(unchecked !== undefined && { unchecked }),
    };
    if (unchecked !== undefined) options.warn?.(unchecked);
    await writeJson(rowPath(kernel, options.cache), row);
    return image;
  } catch (error) {
    // A remembered index may name what the mirror has replaced since, so ask once more.
    const stale = error instanceof Unavailable && !options.offline &&
      offer.had < started;
    if (refresh || !stale) throw error;
  }
  const again = true;
  return await resolve(kernel, source, options, again);
}

/** What a row had before. */
interface Last {
  readonly image: CachedImage;
  readonly fresh: boolean;
  /** Why its signature was not checked, where it was not. */
  readonly unchecked: string | undefined;
}

function take(last: Last, options: ProvisionOptions): CachedImage {
  if (last.unchecked !== undefined) options.warn?.(last.unchecked);
  return last.image;
}

/** What the row had last, and whether it is young enough to be taken without asking. */
async function lastTime(
  kernel: Kernel,
  source: ArchiveSource,
  cache: string,
): Promise<Last | undefined> {
  const row = await readJson<Partial<Row>>(rowPath(kernel, cache));
  const { package: name = "", deb = "", resolved = "", unchecked } = row ?? {};
  // The list may have changed since: then the row means another package.
  if (!/^[0-9a-f]{64}$/.test(deb) || !source.image.test(name)) return undefined;
  const image = await imagesOf(cache).find(deb);
  // What could not be checked then is asked for again.
  const fresh = unchecked === undefined && isFresh(resolved);
  return image && { image, fresh, unchecked };
}

async function cached(
  kernel: Kernel,
  source: ArchiveSource,
  cache: string,
): Promise<CachedImage | undefined> {
  return (await lastTime(kernel, source, cache))?.image;
}

async function have(
  kernel: Kernel,
  source: ArchiveSource,
  options: ProvisionOptions,
): Promise<CachedImage> {
  const last = await lastTime(kernel, source, options.cache);
  if (last && (last.fresh || options.offline)) return take(last, options);
  try {
    return await resolve(kernel, source, options);
  } catch (error) {
    if (!last || !(error instanceof Unavailable)) throw error;
    options.warn?.(
      `${error.message}; taking ${last.image.release} from the cache`,
    );
    return take(last, options);
  }
}

/** The newest image of the row, or the last one where nobody answers. */
export const archiveSupplier: Supplier<ArchiveSource> = {
  have,
  cached,
  wayOut: ({ archives }) =>
    `name a mirror with --mirror ${
      archives[0]?.site ?? "debian"
    }=URL, or an own image with --kernel LABEL=PATH`,
};
