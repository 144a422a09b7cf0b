/**
 * The keys in the keyring package that an archive for apt has itself.
 *
 * @module
 */
import { inRelease, listOf } from "./apt_list.ts";
import type { Authority } from "./authorities.ts";
import { parseRelease } from "./in_release.ts";
import { InFlight } from "./in_flight.ts";
import { type Located, openList } from "./index_format.ts";
import { type Archive, type ProvisionOptions, Unavailable } from "./kernel.ts";
import { keysOfPackage } from "./offered_keys.ts";
import { packagesIn } from "./packages_index.ts";
import { textOfSigned } from "./signature.ts";
import { archiveUrl, sites } from "./sites.ts";

/** Of an index that nobody checked: whom these keys belong to is told by their fingerprints. */
async function find(
  { package: name }: Authority,
  located: Located,
  options: ProvisionOptions,
): Promise<string[]> {
  const text = textOfSigned(await inRelease(located, options));
  const list = listOf(located, parseRelease(text).sums);
  const [found] = await packagesIn(await openList(list, options), {
    hint: `Package: ${name}\n`,
    name: new RegExp(`^Package: (${name})$`, "m"),
  });
  if (found === undefined) return [];
  return await keysOfPackage(found, located.url, options);
}

/** Where a distribution has its keyring package: not in pockets of a release, as noble-updates and bookworm-security. */
function homeOf({ suite, site, ...more }: Archive): Archive {
  const release = suite.replace(/[-/].*/, "");
  return { ...more, suite: release, site: sites[site].keysIn ?? site };
}

const finding = new InFlight<string[]>();

/** Paths of the keys in the authority's own package; none where it cannot be had. */
export async function aptKeys(
  authority: Authority,
  pocket: Archive,
  options: ProvisionOptions,
): Promise<string[]> {
  const archive = homeOf(pocket);
  const url = await archiveUrl(archive, options.mirrors ?? {});
  try {
    return await finding.join(
      `${url} ${archive.suite}`,
      options.signal,
      () => find(authority, { archive, url }, options),
    );
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof Unavailable) return [];
    throw error;
  }
}
