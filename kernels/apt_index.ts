/**
 * The kernels that a suite of an archive for apt offers, by its signed index.
 *
 * @module
 */
import { compareVersions } from "./deb_version.ts";
import { downloadWhole } from "./download.ts";
import { checkRelease, parseRelease, type Sum } from "./in_release.ts";
import {
  type Index,
  type IndexFormat,
  type Located,
  openList,
} from "./index_format.ts";
import { type ProvisionOptions, Unavailable } from "./kernel.ts";
import { kernelPackages } from "./packages_index.ts";
import { signedText } from "./signature.ts";
import { sites } from "./sites.ts";

/** An InRelease has 0.3 MB at most; this is far above it. */
const maxRelease = 1 << 24;

async function release(
  { archive, url }: Located,
  options: ProvisionOptions,
): Promise<{ sums: ReadonlyMap<string, Sum>; unchecked?: string }> {
  const { suite, site } = archive;
  const bytes = await downloadWhole(
    new URL(`dists/${suite}/InRelease`, url),
    { ...options, limit: maxRelease },
  );
  const { authority, past = false } = sites[site];
  const { text, unchecked } = await signedText(
    { name: `the index of ${suite}`, bytes },
    { authority, keyrings: options.keyrings, past },
  );
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

async function load(
  located: Located,
  known: Index | undefined,
  options: ProvisionOptions,
): Promise<Index> {
  const { archive: { suite }, url } = located;
  const { sums, ...trust } = await release(located, options);
  const [name, sum] = packagesOf(sums, suite);
  const list = { url: new URL(`dists/${suite}/${name}`, url), name, suite };
  return {
    ...trust,
    url: url.href,
    had: new Date().toISOString(),
    sha256: sum.sha256,
    packages: known?.sha256 === sum.sha256
      ? known.packages
      : await kernelPackages(await openList({ ...list, ...sum }, options)),
  };
}

/** InRelease, Packages, deb. */
export const aptFormat: IndexFormat = {
  root: ({ url }) => url,
  load,
  compare: compareVersions,
};
