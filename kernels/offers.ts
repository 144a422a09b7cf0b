/**
 * What the archives of a row have to offer.
 *
 * @module
 */
import { archiveIndex, indexFormats } from "./archive_index.ts";
import { NoSuite } from "./index_format.ts";
import {
  type Archive,
  type ArchiveSource,
  Lacking,
  type Pin,
  type ProvisionOptions,
  Unavailable,
} from "./kernel.ts";
import type { Missed } from "./last_time.ts";

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
  readonly failures: readonly Failure[];
}

/** A suite that was not looked at, and why. */
interface Failure {
  readonly suite: string;
  readonly reason: Unavailable;
}

/** The suites whose archives failed; throws what no other archive would help. */
function failuresOf(
  { archives }: ArchiveSource,
  asked: readonly PromiseSettledResult<unknown>[],
): Failure[] {
  const failures: Failure[] = [];
  for (const [at, index] of asked.entries()) {
    if (index.status === "fulfilled") continue;
    const { reason } = index;
    if (!(reason instanceof Unavailable) || reason instanceof Lacking) {
      throw reason;
    }
    failures.push({ suite: archives[at]?.suite ?? "", reason });
  }
  return failures;
}

/** The same reason is told once. */
function told(failures: readonly Failure[]): string {
  const byReason = Map.groupBy(failures, ({ reason }) => reason.message);
  return [...byReason].map(([why, suites]) =>
    `${suites.map(({ suite }) => suite).join(", ")} not looked at: ${why}`
  ).join("; ");
}

function missedOf(failures: readonly Failure[]): Missed {
  const without = failures.map(({ reason }) => reason)
    .filter((reason) => reason instanceof NoSuite);
  return {
    without: without.map(({ root }) => root.href),
    unanswered: without.length < failures.length,
  };
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
  const failures = failuresOf(source, asked);
  const found = asked.filter((index) => index.status === "fulfilled");
  if (found.length === 0) {
    const reasons = new Set(failures.map(({ reason }) => reason.message));
    throw new Unavailable([...reasons].join("; "));
  }
  return { found: found.flatMap(({ value }) => value), failures };
}

/** The newest package of a row, as far as its archives answered. */
export interface Best {
  readonly offer: Offer;
  /** Which of them were not looked at, where some were not. */
  readonly missed?: Missed;
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
): Promise<Best> {
  const { compare } = indexFormats[source.kind];
  const { found, failures } = await offers(source, options, refresh, early);
  const missed = told(failures);
  const [offer] = found.toSorted((a, b) => compare(b.version, a.version));
  if (offer !== undefined) {
    if (failures.length === 0) return { offer };
    options.warn?.(missed);
    return { offer, missed: missedOf(failures) };
  }
  const suites = source.archives.map(({ suite }) => suite).join(", ");
  const none = `No package of ${suites} is called ${
    source.image.source.slice(1, -1)
  }`;
  throw new Unavailable(missed === "" ? none : `${none}; ${missed}`);
}
