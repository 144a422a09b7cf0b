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
  const doubt = unchecked === undefined ? {} : { unchecked };
  return packages.filter(({ name }) => image.test(name))
    .sort((a, b) => compare(b.version, a.version))
    .map((one) => ({
      ...one,
      archive,
      url: new URL(one.filename, url),
      had,
      ...doubt,
    }));
}

/** What the archives of a row answered. */
interface Answers {
  readonly found: readonly Offer[];
  /** Which of them were not looked at, and why; empty where all were. */
  readonly missed: string;
}

/** Why each suite was not looked at, of an archive that failed; throws what no other archive would help. */
function missedOf(
  { archives }: ArchiveSource,
  asked: readonly PromiseSettledResult<unknown>[],
): Map<string, string[]> {
  const missed = new Map<string, string[]>();
  for (const [at, index] of asked.entries()) {
    if (index.status === "fulfilled") continue;
    const { reason } = index;
    if (!(reason instanceof Unavailable) || reason instanceof MissingTool) {
      throw reason;
    }
    const suite = archives[at]?.suite ?? "";
    missed.set(reason.message, [...missed.get(reason.message) ?? [], suite]);
  }
  return missed;
}

/** Every package that the row's archives have; an archive that fails is only told while another works. */
async function offers(
  source: ArchiveSource,
  options: ProvisionOptions,
  refresh: boolean,
  early: (offer: Offer) => void,
): Promise<Answers> {
  const asked = await Promise.allSettled(
    source.archives.map(async (archive) => {
      const found = await offersOf(source, archive, options, refresh);
      if (found[0] !== undefined) early(found[0]);
      return found;
    }),
  );
  options.signal?.throwIfAborted();
  const reasons = missedOf(source, asked);
  const found = asked.filter((index) => index.status === "fulfilled");
  if (found.length === 0) throw new Unavailable([...reasons.keys()].join("; "));
  const missed = [...reasons].map(([why, suites]) =>
    `${suites.join(", ")} not looked at: ${why}`
  ).join("; ");
  return { found: found.flatMap(({ value }) => value), missed };
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
  const { found, missed } = await offers(source, options, refresh, early);
  const [best] = found.toSorted((a, b) => compare(b.version, a.version));
  if (best !== undefined) {
    if (missed !== "") options.warn?.(missed);
    return best;
  }
  const suites = source.archives.map(({ suite }) => suite).join(", ");
  const none = `No package of ${suites} is called ${
    source.image.source.slice(1, -1)
  }`;
  throw new Unavailable(missed === "" ? none : `${none}; ${missed}`);
}
