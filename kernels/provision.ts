/**
 * Gets the image of a row onto this machine.
 *
 * @module
 */
import { cachedDebian, haveDebian } from "./debian.ts";
import { sha256 } from "./digest.ts";
import { NotAnImage, readHeader } from "./image.ts";
import type { CachedImage } from "./image_cache.ts";
import {
  type DebianSource,
  type Image,
  type Kernel,
  type ProvisionOptions,
  Unavailable,
} from "./kernel.ts";
import { MissingTool } from "./unpack.ts";

export type { ProvisionOptions };

function fromCache(kernel: Kernel, image: CachedImage): Image {
  const { path, release, imageSha256, from } = image;
  return { kernel, path, release, arch: "x86_64", sha256: imageSha256, from };
}

async function fromFile(kernel: Kernel, path: string): Promise<Image> {
  const { release } = readHeader(path);
  const digest = await sha256(await Deno.readFile(path));
  return { kernel, path, release, arch: "x86_64", sha256: digest, from: path };
}

/** What to do about a row of Debian that could not be had. */
function wayOut(
  error: unknown,
  source: DebianSource,
  options: ProvisionOptions,
): string {
  if (error instanceof MissingTool) return ""; // Its message says what to install.
  if (!(error instanceof Unavailable || error instanceof NotAnImage)) {
    return `; the cache is ${options.cache}, and XDG_CACHE_HOME can place it elsewhere`;
  }
  if (options.offline) return "; run it once without --offline";
  const site = source.archives[0]?.site ?? "debian";
  return `; name a mirror with --mirror ${site}=URL, or an own image with --kernel LABEL=PATH`;
}

function reason(error: unknown, { id, source }: Kernel): string {
  const text = (error instanceof Error ? error.message : String(error))
    .replaceAll(/\s*\n\s*/g, " ");
  if (error instanceof NotAnImage) {
    return `${
      source.kind === "file" ? source.path : "The package's image"
    } ${text}`;
  }
  return error instanceof Unavailable ? text : `Cannot have ${id}: ${text}`;
}

function explain(
  error: unknown,
  kernel: Kernel,
  options: ProvisionOptions,
): Unavailable {
  const { source } = kernel;
  const way = source.kind === "debian" ? wayOut(error, source, options) : "";
  return new Unavailable(`${reason(error, kernel)}${way}`, { cause: error });
}

/**
 * The image of `kernel`, ready to boot. A row of Debian is taken from the cache
 * if it was resolved within the last day, else from the archive. Throws
 * {@link Unavailable} with a reason of one line, or the signal's reason.
 */
export async function provision(
  kernel: Kernel,
  options: ProvisionOptions,
): Promise<Image> {
  options.signal?.throwIfAborted();
  const { source } = kernel;
  try {
    return source.kind === "file"
      ? await fromFile(kernel, source.path)
      : fromCache(kernel, await haveDebian(kernel, source, options));
  } catch (error) {
    options.signal?.throwIfAborted();
    throw explain(error, kernel, options);
  }
}

/** The image of `kernel` if it is on this machine and whole; asks nobody else. */
export async function cached(
  kernel: Kernel,
  cache: string,
): Promise<Image | undefined> {
  const { source } = kernel;
  if (source.kind === "file") {
    return await fromFile(kernel, source.path).catch(() => undefined);
  }
  const image = await cachedDebian(kernel, source, cache);
  return image && fromCache(kernel, image);
}
