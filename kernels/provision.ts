/**
 * Gets the image of a row onto this machine.
 *
 * @module
 */
import { archiveSupplier } from "./archive_source.ts";
import { checkConfig, Unfit } from "./config.ts";
import { fileSupplier } from "./file_source.ts";
import { NotAnImage } from "./image.ts";
import {
  type Image,
  type Keeping,
  type Kernel,
  Lacking,
  type ProvisionOptions,
  type Source,
  Unavailable,
} from "./kernel.ts";
import { Locked } from "./locked.ts";
import type { Supplier, Supply } from "./supplier.ts";
import { Unread } from "./unread.ts";
import { urlSupplier } from "./url_source.ts";

export type { ProvisionOptions };

/** The supplier of a source; their two kinds are the same by this table alone. */
function supplierOf({ kind }: Source): Supplier<Source> {
  const suppliers = {
    apt: archiveSupplier,
    rpm: archiveSupplier,
    file: fileSupplier,
    url: urlSupplier,
  };
  return suppliers[kind] as Supplier<Source>;
}

function imageOf(
  kernel: Kernel,
  { path, release, arch, imageSha256, from, config }: Supply,
): Image {
  const known = config === undefined ? {} : { config };
  const image = { kernel, path, release, arch, from, ...known };
  return { ...image, sha256: imageSha256 };
}

/** What to do about a row that could not be had. */
function wayOut(
  error: unknown,
  kernel: Kernel,
  options: ProvisionOptions,
): string {
  const { source } = kernel;
  if (error instanceof Unfit) return "; build it with that, or name another";
  if (source.kind === "file") return "";
  // What these say ends with what to do.
  const areWhole = [Lacking, Locked, Unread];
  if (areWhole.some((kind) => error instanceof kind)) return "";
  if (!(error instanceof Unavailable || error instanceof NotAnImage)) {
    return `; the cache is ${options.cache}, and XDG_CACHE_HOME can place it elsewhere`;
  }
  if (options.offline) return "; run it once without --offline";
  return `; ${supplierOf(source).wayOut(kernel, source, options)}`;
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

/**
 * The image of `kernel`, ready to boot. A row of an archive is taken from the
 * cache if it was resolved within the last day, else from the archive. Throws
 * {@link Unavailable} with a reason of one line, or the signal's reason.
 */
export async function provision(
  kernel: Kernel,
  options: ProvisionOptions,
): Promise<Image> {
  options.signal?.throwIfAborted();
  const { source } = kernel;
  try {
    const supply = await supplierOf(source).have(kernel, source, options);
    await checkConfig(supply, options);
    return imageOf(kernel, supply);
  } catch (error) {
    options.signal?.throwIfAborted();
    const why = `${reason(error, kernel)}${wayOut(error, kernel, options)}`;
    throw new Unavailable(why, { cause: error });
  }
}

/**
 * The image that {@link provision} would have, if it is on this machine and
 * whole; nothing where the lock would not let it be had. Asks nobody else.
 * Throws {@link Unread} where it cannot be told.
 */
export async function cached(
  kernel: Kernel,
  keeping: Keeping,
): Promise<Image | undefined> {
  const { source } = kernel;
  const supply = await supplierOf(source).cached(kernel, source, keeping);
  return supply && imageOf(kernel, supply);
}

/** What a list shows of a row: the release of its {@linkcode cached} image, or why there is none to be seen. */
export interface Held {
  readonly had?: string;
  readonly from?: string;
}

/** What is on this machine of a row; empty where there is nothing. */
export async function held(kernel: Kernel, keeping: Keeping): Promise<Held> {
  try {
    const image = await cached(kernel, keeping);
    return image ? { had: image.release, from: image.from } : {};
  } catch (error) {
    if (!(error instanceof Unread)) throw error;
    return { had: `cannot be read: ${error.why}` };
  }
}
