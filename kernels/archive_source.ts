/**
 * A row's image from an archive, or from the cache.
 *
 * @module
 */
import { Bet } from "./bet.ts";
import { type CachedImage, isFresh } from "./image_cache.ts";
import {
  type ArchiveSource,
  type Keeping,
  type Kernel,
  type ProvisionOptions,
  Unavailable,
} from "./kernel.ts";
import { bestOffer, type Offer } from "./offers.ts";
import { readLast, writeLast } from "./last_time.ts";
import { findLocked, haveLocked } from "./locked.ts";
import { findImage, haveParcel } from "./package_source.ts";
import { mirrorWays } from "./sites.ts";
import type { Supplier } from "./supplier.ts";
import { doubtOf, vouching } from "./vouching.ts";

async function fetchOffer(
  offer: Offer,
  options: ProvisionOptions,
): Promise<CachedImage> {
  return await haveParcel({ ...offer, ...vouching(offer, options) }, options);
}

async function keepLast(
  kernel: Kernel,
  { had, url: _, ...pin }: Offer,
  image: CachedImage,
  options: ProvisionOptions,
): Promise<void> {
  const doubt = doubtOf(pin, image);
  if (doubt !== undefined) options.warn?.(doubt);
  await writeLast(kernel, options.cache, { pin, resolved: had });
}

async function resolve(
  kernel: Kernel,
  source: ArchiveSource,
  options: ProvisionOptions,
  refresh = false,
): Promise<CachedImage> {
  const started = new Date().toISOString();
  using bet = new Bet<Offer>((offer, lost) => {
    const signal = AbortSignal.any([lost, ...[options.signal ?? []].flat()]);
    return fetchOffer(offer, { ...options, signal });
  });
  const early = (offer: Offer): void => {
    if (!options.offline) bet.place(offer);
  };
  const offer = await bestOffer(source, options, refresh, early);
  bet.settle(offer);
  try {
    const image = await fetchOffer(offer, options);
    await keepLast(kernel, offer, image, options);
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

/** What a row had before, and the image of it. */
interface Had {
  readonly image: CachedImage;
  readonly fresh: boolean;
  /** Why its signature was not checked, where it was not. */
  readonly doubt: string | undefined;
}

function take({ image, doubt }: Had, options: ProvisionOptions): CachedImage {
  if (doubt !== undefined) options.warn?.(doubt);
  return image;
}

/** What the row had last, and whether it is young enough to be taken without asking. */
async function lastTime(
  kernel: Kernel,
  source: ArchiveSource,
  cache: string,
): Promise<Had | undefined> {
  const { pin, resolved = "" } = await readLast(kernel, cache);
  // The list may have changed since: then the row means another package.
  if (pin === undefined || !source.image.test(pin.name)) return undefined;
  const image = await findImage({ ...pin, ...vouching(pin, {}) }, cache);
  if (image === undefined) return undefined;
  const doubt = doubtOf(pin, image);
  // What could not be checked then is asked for again.
  const fresh = doubt === undefined && isFresh(resolved);
  return { image, fresh, doubt };
}

async function cached(
  kernel: Kernel,
  source: ArchiveSource,
  { cache, lock }: Keeping,
): Promise<CachedImage | undefined> {
  if (lock) return await findLocked(kernel, source, lock, cache);
  return (await lastTime(kernel, source, cache))?.image;
}

async function have(
  kernel: Kernel,
  source: ArchiveSource,
  options: ProvisionOptions,
): Promise<CachedImage> {
  const { lock } = options;
  if (lock) return await haveLocked(kernel, source, lock, options);
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

/** Another mirror, or none of the archive's. */
function wayOut(
  { id }: Kernel,
  { archives }: ArchiveSource,
  { mirrors = {}, lock }: ProvisionOptions,
): string {
  const pinned = lock?.[id]?.archive;
  const asked = pinned === undefined ? archives : [pinned];
  const sites = [...new Set(asked.map(({ site }) => site))];
  const ways = mirrorWays(sites, mirrors).join(", ");
  return `${ways}, or give an own image as LABEL=PATH`;
}

/** The newest image of the row, or the last one where nobody answers. */
export const archiveSupplier: Supplier<ArchiveSource> = {
  have,
  cached,
  wayOut,
};
