/**
 * A row's image from Debian's archive, or from the cache.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { readJson, writeJson } from "./cached.ts";
import { unpackImage } from "./deb.ts";
import { download } from "./download.ts";
import { readHeader } from "./image.ts";
import { type CachedImage, ImageCache, isFresh } from "./image_cache.ts";
import { InFlight } from "./in_flight.ts";
import {
  type DebianSource,
  type Kernel,
  type ProvisionOptions,
  Unavailable,
} from "./kernel.ts";
import { newest, type Package } from "./packages_index.ts";
import { suiteIndex } from "./suite_index.ts";
import { type Bytes, MissingTool } from "./unpack.ts";

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

/** A package at a mirror. */
interface Offer extends Package {
  readonly url: URL;
  /** When the mirror was asked, in ISO 8601. */
  readonly had: string;
  readonly unchecked: string | undefined;
}

function rowPath(kernel: Kernel, cache: string): string {
  return join(
    cache,
    "kernels",
    "rows",
    `${encodeURIComponent(kernel.id)}.json`,
  );
}

/** Every package that the row's archives have; an archive that fails is only told while another works. */
async function offers(
  source: DebianSource,
  options: ProvisionOptions,
  refresh: boolean,
): Promise<Offer[]> {
  const asked = await Promise.allSettled(
    source.archives.map((archive) => suiteIndex(archive, options, refresh)),
  );
  options.signal?.throwIfAborted();
  const reasons = asked.filter((index) => index.status === "rejected").map(
    ({ reason }) => {
      if (!(reason instanceof Unavailable) || reason instanceof MissingTool) {
        throw reason;
      }
      return reason.message;
    },
  );
  const why = [...new Set(reasons)].join("; ");
  if (reasons.length === asked.length) throw new Unavailable(why);
  if (why !== "") options.warn?.(why);
  return asked.filter((index) => index.status === "fulfilled").flatMap((
    { value },
  ) =>
    value.packages.map((p) => ({
      ...p,
      url: new URL(p.filename, value.url),
      had: value.had,
      unchecked: value.unchecked,
    }))
  );
}

function best(all: Offer[], { image, archives }: DebianSource): Offer {
  const found = newest(all, image);
  if (found !== undefined) return found;
  const suites = archives.map(({ suite }) => suite).join(", ");
  throw new Unavailable(
    `No package of ${suites} is called ${image.source.slice(1, -1)}`,
  );
}

const megabytes = (bytes: number): number => Math.floor(bytes / 1e6);

/** The package's bytes; at their end they are those that the index names, or it throws. */
async function* packageBytes(offer: Offer, options: ProvisionOptions): Bytes {
  const { name, url, size, sha256 } = offer;
  const hash = createHash("sha256");
  let had = 0;
  for await (const chunk of download(url, { ...options, limit: size })) {
    hash.update(chunk);
    const before = megabytes(had);
    had += chunk.length;
    if (megabytes(had) > before) {
      options.progress?.(
        `downloading ${name}, ${megabytes(had)} of ${megabytes(size)} MB`,
      );
    }
    yield chunk;
  }
  if (had < size) {
    throw new Unavailable(`${url} is cut short: ${had} of ${size} bytes`);
  }
  if (hash.digest("hex") === sha256) return;
  throw new Unavailable(
    `Cannot trust ${url}: its checksum is not that of the index`,
  );
}

async function fetchImage(
  offer: Offer,
  images: ImageCache,
  options: ProvisionOptions,
): Promise<CachedImage> {
  await using workshop = await images.workshop();
  const deb = join(workshop.path, "package.deb");
  const image = join(workshop.path, "vmlinuz");
  await Deno.writeFile(deb, ReadableStream.from(packageBytes(offer, options)), {
    createNew: true,
  });
  options.progress?.(`unpacking ${offer.name}`);
  await unpackImage(deb, image, options.signal);
  const { release } = readHeader(image);
  const { name, version, url } = offer;
  return await images.put(offer.sha256, image, {
    package: name,
    version,
    release,
    from: url.href,
  });
}

const fetching = new InFlight<CachedImage>();

async function haveImage(
  offer: Offer,
  images: ImageCache,
  options: ProvisionOptions,
): Promise<CachedImage> {
  return await fetching.join(
    join(images.folder, offer.sha256),
    options.signal,
    async () => {
      const kept = await images.find(offer.sha256);
      if (kept !== undefined) return kept;
      if (options.offline) {
        throw new Unavailable(
          `${offer.name} is not in the cache`,
        );
      }
      return await fetchImage(offer, images, options);
    },
  );
}

async function resolve(
  kernel: Kernel,
  source: DebianSource,
  options: ProvisionOptions,
  refresh = false,
): Promise<CachedImage> {
  const started = new Date().toISOString();
  const offer = best(await offers(source, options, refresh), source);
  try {
    const image = await haveImage(
      offer,
      new ImageCache(join(options.cache, "kernels")),
      options,
    );
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
  source: DebianSource,
  cache: string,
): Promise<Last | undefined> {
  const row = await readJson<Partial<Row>>(rowPath(kernel, cache));
  const { package: name = "", deb = "", resolved = "", unchecked } = row ?? {};
  // The list may have changed since: then the row means another package.
  if (!/^[0-9a-f]{64}$/.test(deb) || !source.image.test(name)) return undefined;
  const image = await new ImageCache(join(cache, "kernels")).find(deb);
  // What could not be checked then is asked for again.
  const fresh = unchecked === undefined && isFresh(resolved);
  return image && { image, fresh, unchecked };
}

/** The image that the row had last, if it is in the cache and whole. Asks nobody. */
export async function cachedDebian(
  kernel: Kernel,
  source: DebianSource,
  cache: string,
): Promise<CachedImage | undefined> {
  return (await lastTime(kernel, source, cache))?.image;
}

/** The newest image of the row, or the last one where nobody answers. Throws {@link Unavailable}. */
export async function haveDebian(
  kernel: Kernel,
  source: DebianSource,
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
