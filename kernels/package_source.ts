/**
 * An image out of a package, or a plain one, by the sha256 of the file it came
 * in: what several rows need at once is done once, whichever run they are of.
 *
 * @module
 */
import { join } from "node:path";
import { readHeader } from "./image.ts";
import { type CachedImage, ImageCache } from "./image_cache.ts";
import { InFlight } from "./in_flight.ts";
import { type ProvisionOptions, Unavailable } from "./kernel.ts";
import { fetchPackage, type Wanted } from "./package_download.ts";
import { isPackage, unpackImage } from "./package_image.ts";
import { PartFile } from "./part_file.ts";
import { openWorkshop } from "./workshop.ts";

/** A file that holds an image, and its version where an index tells it. */
export interface Parcel extends Wanted {
  readonly version: string;
  /** Whether it may be the image itself, as a file of the user's may. */
  readonly mayBeImage?: boolean;
  /**
   * Looks at the signature of the package at a path. Answers why it was not
   * checked, where it was not; throws {@link Unavailable} where it is bad.
   */
  readonly vouch?: (path: string) => Promise<string | undefined>;
}

/** Where the images are. */
export function imagesOf(cache: string): ImageCache {
  return new ImageCache(join(cache, "kernels"));
}

/**
 * The image of a package, if it is kept. For whom the package's signature
 * matters only one whose signature was looked at, by whoever had it.
 */
export async function findImage(
  { sha256, vouch }: Pick<Parcel, "sha256" | "vouch">,
  cache: string,
): Promise<CachedImage | undefined> {
  const kept = await imagesOf(cache).find(sha256);
  const isLookedAt = kept?.vouched || kept?.unchecked !== undefined;
  return vouch === undefined || isLookedAt ? kept : undefined;
}

/** What a look at the package's signature tells. */
async function look(
  path: string,
  { vouch }: Pick<Parcel, "vouch">,
): Promise<Pick<CachedImage, "vouched" | "unchecked">> {
  if (vouch === undefined) return {};
  const unchecked = await vouch(path);
  return unchecked === undefined ? { vouched: true } : { unchecked };
}

/** Puts the image that is in the file at `path` into the cache. */
export async function keepImage(
  path: string,
  parcel: Omit<Parcel, "size">,
  options: ProvisionOptions,
): Promise<CachedImage> {
  const { name, version, url, sha256, mayBeImage } = parcel;
  const images = imagesOf(options.cache);
  await using workshop = await openWorkshop(images.folder);
  const image = join(workshop.path, "vmlinuz");
  const looked = await look(path, parcel);
  if (mayBeImage && !isPackage(path)) {
    await Deno.copyFile(path, image);
  } else {
    options.progress?.(`unpacking ${name}`);
    await unpackImage(path, workshop.path, options.signal);
  }
  const header = readHeader(image);
  const origin = {
    package: name,
    version,
    ...header,
    from: url.href,
    ...looked,
  };
  return await images.put(sha256, workshop.path, origin);
}

async function fetchImage(
  parcel: Parcel,
  options: ProvisionOptions,
): Promise<CachedImage> {
  const folder = join(options.cache, "kernels", "parts");
  using part = await PartFile.open(folder, parcel.sha256, options);
  // The run that was waited for may have put it there.
  const kept = await findImage(parcel, options.cache);
  if (kept === undefined) await fetchPackage(part, parcel, options);
  try {
    return kept ?? await keepImage(part.path, parcel, options);
  } finally {
    if (!options.signal?.aborted) await part.remove();
  }
}

const fetching = new InFlight<CachedImage>();

/** The image of `parcel`, out of the cache or fetched. Throws {@link Unavailable}. */
export async function haveParcel(
  parcel: Parcel,
  options: ProvisionOptions,
): Promise<CachedImage> {
  const { folder } = imagesOf(options.cache);
  // Who wants the signature looked at joins nobody who does not.
  const key = join(folder, parcel.sha256, parcel.vouch ? "vouched" : "");
  return await fetching.join(key, options.signal, async () => {
    const kept = await findImage(parcel, options.cache);
    if (kept !== undefined) return kept;
    if (options.offline) {
      const checked = parcel.vouch ? " with its signature checked" : "";
      throw new Unavailable(`${parcel.name} is not in the cache${checked}`);
    }
    return await fetchImage(parcel, options);
  });
}
