/**
 * What the archives of a row have to offer.
 *
 * @module
 */
import { archiveIndex, indexFormats } from "./archive_index.ts";
import {
  type Archive,
  type ArchiveSource,
  type Pin,
  type ProvisionOptions,
  Unavailable,
} from "./kernel.ts";
import { MissingTool } from "./unpack.ts";

/** A package at a mirror. */
export interface Offer extends Pin {
  readonly url: URL;
  /** When the mirror was asked, in ISO 8601. */
  readonly had: string;
  readonly unchecked: string | undefined;
}

/** The offers of one archive that match, newest first. */
async function offersOf(
  { kind, image }: ArchiveSource,
  archive: Archive,
  options: ProvisionOptions,
  refresh: boolean,
): Promise<Offer[]> {
  const { compare } = indexFormats[kind];
  const index = await archiveIndex(kind, archive, options, refresh);
  const { packages, url, had, unchecked } = index;
  return packages.filter(({ name }) => image.test(name))
    .sort((a, b) => compare(b.version, a.version))
    .map((one) => ({
      ...one,
      archive,
      url: new URL(one.filename, url),
      had,
      unchecked,
    }));
}

/** Every package that the row's archives have; an archive that fails is only told while another works. */
async function offers(
  source: ArchiveSource,
  options: ProvisionOptions,
  refresh: boolean,
  early: (offer: Offer) => void,
): Promise<Offer[]> {
  const asked = await Promise.allSettled(
    source.archives.map(async (archive) => {
      const found = await offersOf(source, archive, options, refresh);
      if (found[0] !== undefined) early(found[0]);
      return found;
    }),
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
  ) => value);
}

/**
 * The newest package of the row; `early` is told the newest of each archive as
 * they come. Throws {@link Unavailable} where there is none.
 */
export async function bestOffer(
  source: ArchiveSource,
  options: ProvisionOptions,
  refresh: boolean,
  early: (offer: Offer) => void,
): Promise<Offer> {
  const { compare } = indexFormats[source.kind];
  const all = await offers(source, options, refresh, early);
  const [found] = all.sort((a, b) => compare(b.version, a.version));
  if (found !== undefined) return found;
  const suites = source.archives.map(({ suite }) => suite).join(", ");
  throw new Unavailable(
    `No package of ${suites} is called ${source.image.source.slice(1, -1)}`,
  );
}
