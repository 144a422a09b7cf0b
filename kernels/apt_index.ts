/**
 * The kernels that a suite of an archive for apt offers, by its signed index.
 *
 * @module
 */
import { basename } from "node:path";
import { aptKeys } from "./apt_keys.ts";
import { inRelease, listOf } from "./apt_list.ts";
import { compareVersions } from "./deb_version.ts";
import { checkRelease, parseRelease, type Sum } from "./in_release.ts";
import {
  type Index,
  type IndexFormat,
  type Located,
  type Names,
  openList,
  type Package,
  withoutEpoch,
} from "./index_format.ts";
import type { ProvisionOptions } from "./kernel.ts";
import { packagesIn } from "./packages_index.ts";
import { signedText } from "./signature.ts";
import { sites } from "./sites.ts";

async function release(
  located: Located,
  options: ProvisionOptions,
): Promise<{ sums: ReadonlyMap<string, Sum>; unchecked?: string }> {
  const { archive } = located;
  const bytes = await inRelease(located, options);
  const { authority, past = false } = sites[archive.site];
  const offered = (): Promise<string[]> => aptKeys(authority, archive, options);
  const { text, unchecked } = await signedText(
    { name: `the index of ${archive.suite}`, bytes },
    { authority, keyrings: options.keyrings, past, offered },
  );
  const parsed = parseRelease(text);
  checkRelease(parsed, archive);
  const { sums } = parsed;
  return unchecked === undefined ? { sums } : { sums, unchecked };
}

async function load(
  located: Located,
  known: Index | undefined,
  options: ProvisionOptions,
  names: Names,
): Promise<Index> {
  const { sums, ...trust } = await release(located, options);
  const list = listOf(located, sums);
  const { sha256 } = list;
  return {
    ...trust,
    url: located.url.href,
    had: new Date().toISOString(),
    sha256,
    packages: known?.sha256 === sha256
      ? known.packages
      : await packagesIn(await openList(list, options), names),
  };
}

/** Its name, its version without the epoch, its processor. */
function isFileOf({ name, version, filename }: Package): boolean {
  const file = basename(filename);
  return file.startsWith(`${name}_${withoutEpoch(version)}_`) &&
    file.endsWith(".deb");
}

/** InRelease, Packages, deb. */
export const aptFormat: IndexFormat = {
  root: ({ url }) => url,
  isFileOf,
  load,
  compare: compareVersions,
};
