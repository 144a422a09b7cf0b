/**
 * The kernels that a suite of Debian's archive offers, by its signed index.
 *
 * @module
 */
import { join } from "node:path";
import { readJson, writeJson } from "./cached.ts";
import { sha256 } from "./digest.ts";
import { downloadWhole } from "./download.ts";
import { isFresh } from "./image_cache.ts";
import { InFlight } from "./in_flight.ts";
import { checkRelease, parseRelease, type Sum } from "./in_release.ts";
import {
  type DebianArchive,
  type ProvisionOptions,
  Unavailable,
} from "./kernel.ts";
import { kernelPackages, type Package } from "./packages_index.ts";
import { signedText } from "./signature.ts";
import { archiveUrl } from "./sites.ts";
import { unpack } from "./unpack.ts";

/** What is remembered of an index. */
export interface SuiteIndex {
  /** The URL of the archive. */
  readonly url: string;
  readonly suite: string;
  /** When it was had, in ISO 8601. */
  readonly had: string;
  /** Of the index of packages, so that it is read again only when it changed. */
  readonly sha256: string;
  readonly packages: readonly Package[];
  /** Why its signature was not checked, where it was not. */
  readonly unchecked?: string;
}

/** An InRelease has 0.3 MB at most; this is far above it. */
const maxRelease = 1 << 24;
/** Debian's largest index of packages has 11 MB. */
const maxPackages = 1 << 28;

const loading = new InFlight<SuiteIndex>();

async function release(
  archive: DebianArchive,
  url: URL,
  options: ProvisionOptions,
): Promise<{ sums: ReadonlyMap<string, Sum>; unchecked?: string }> {
  const bytes = await downloadWhole(
    new URL(`dists/${archive.suite}/InRelease`, url),
    { ...options, limit: maxRelease },
  );
  const past = archive.site === "archive" || archive.site === "snapshot";
  const trust = { keyrings: options.keyrings, past };
  const { text, unchecked } = await signedText(bytes, archive.suite, trust);
  const parsed = parseRelease(text);
  checkRelease(parsed, archive);
  const { sums } = parsed;
  return unchecked === undefined ? { sums } : { sums, unchecked };
}

/** The path and checksum of the index of packages, as small as it is offered. */
function packagesOf(
  sums: ReadonlyMap<string, Sum>,
  suite: string,
): [string, Sum] {
  for (const ending of ["xz", "gz"]) {
    const path = `main/binary-amd64/Packages.${ending}`;
    const sum = sums.get(path);
    if (sum !== undefined) return [path, sum];
  }
  throw new Unavailable(`The index of ${suite} lists no packages for amd64`);
}

async function packages(
  url: URL,
  { suite }: DebianArchive,
  [path, sum]: [string, Sum],
  options: ProvisionOptions,
): Promise<Package[]> {
  options.progress?.(
    `reading the index of ${suite}, ${(sum.size / 1e6).toFixed(1)} MB`,
  );
  const limit = Math.min(sum.size, maxPackages);
  const bytes = await downloadWhole(new URL(`dists/${suite}/${path}`, url), {
    ...options,
    limit,
  });
  if (await sha256(bytes) !== sum.sha256) {
    const why =
      "its checksum is not the one that was signed; the mirror may be updating";
    throw new Unavailable(`Cannot trust ${path} of ${suite}: ${why}`);
  }
  return await kernelPackages(unpack(path, new Blob([bytes]).stream()));
}

async function load(
  archive: DebianArchive,
  url: URL,
  known: SuiteIndex | undefined,
  options: ProvisionOptions,
): Promise<SuiteIndex> {
  const { sums, ...trust } = await release(archive, url, options);
  const entry = packagesOf(sums, archive.suite);
  const { sha256 } = entry[1];
  return {
    ...trust,
    url: url.href,
    suite: archive.suite,
    had: new Date().toISOString(),
    sha256,
    packages: known?.sha256 === sha256
      ? known.packages
      : await packages(url, archive, entry, options),
  };
}

/**
 * The index of `archive`: out of the cache if it is from the last day and no
 * `refresh` is wanted, else from the archive. Throws {@link Unavailable}.
 */
export async function suiteIndex(
  archive: DebianArchive,
  options: ProvisionOptions,
  refresh: boolean,
): Promise<SuiteIndex> {
  const url = await archiveUrl(archive, options.mirrors ?? {});
  const key = await sha256(`${url} ${archive.suite}`);
  const path = join(options.cache, "kernels", "indexes", `${key}.json`);
  const read = await readJson<SuiteIndex>(path);
  const known = Array.isArray(read?.packages) ? read : undefined;
  // What could not be checked yesterday may be checked today.
  const sound = known?.unchecked === undefined;
  const young = !refresh && sound && isFresh(known?.had ?? "");
  if (known && (options.offline || young)) return known;
  if (options.offline) {
    throw new Unavailable(`The index of ${archive.suite} is not in the cache`);
  }
  return await loading.join(path, options.signal, async () => {
    const index = await load(
      archive,
      url,
      refresh ? undefined : known,
      options,
    );
    await writeJson(path, index);
    return index;
  });
}
