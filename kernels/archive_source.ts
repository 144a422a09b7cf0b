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
import { type Missed, readLast, writeLast } from "./last_time.ts";
import { type Best, bestOffer, type Offer } from "./offers.ts";
import { findLocked, haveLocked } from "./locked.ts";
import { findImage, haveParcel } from "./package_source.ts";
import { archiveUrl, mirrorWays } from "./sites.ts";
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
  { offer: { had: resolved, url: _, ...pin }, ...missed }: Best,
  image: CachedImage,
  options: ProvisionOptions,
): Promise<void> {
  const doubt = doubtOf(pin, image);
  if (doubt !== undefined) options.warn?.(doubt);
  await writeLast(kernel, options.cache, { pin, resolved, ...missed });
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
  const best = await bestOffer(source, options, refresh, early);
  const { offer } = best;
  bet.settle(offer);
  try {
    const image = await fetchOffer(offer, options);
    await keepLast(kernel, best, image, options);
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
  readonly missed: Missed | undefined;
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
  const { pin, resolved = "", missed } = await readLast(kernel, cache);
  // The list may have changed since: then the row means another package.
  if (pin === undefined || !source.image.test(pin.name)) return undefined;
  const image = await findImage({ ...pin, ...vouching(pin, {}) }, cache);
  if (image === undefined) return undefined;
  const doubt = doubtOf(pin, image);
  // What could not be checked then is asked for again.
  const fresh = doubt === undefined && isFresh(resolved);
  return { image, fresh, missed, doubt };
}

/**
 * Whether what the row had last was looked for in all that may have a newer one.
 *
 * An archive that gave no answer may: it is asked at each run, and told of where
 * it gives none again. It alone is asked, as the indexes of the others are in the
 * cache for a day. That there is no such suite is an answer, and told as often as
 * the others are asked: a mirror that has never had it would else be asked, and
 * complained of, at every run. But only of that mirror: another may have it.
 */
async function isComplete(
  { missed }: Had,
  { archives }: ArchiveSource,
  { mirrors = {} }: ProvisionOptions,
): Promise<boolean> {
  if (missed === undefined) return true;
  const urls = await Promise.all(
    archives.map((archive) => archiveUrl(archive, mirrors)),
  );
  const asked = new Set(urls.map(({ href }) => href));
  return !missed.unanswered && missed.without.every((url) => asked.has(url));
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
  if (last && options.offline) return take(last, options);
  const isKnown = last?.fresh && await isComplete(last, source, options);
  if (isKnown) return take(last, options);
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
