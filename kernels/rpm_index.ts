/**
 * The kernels that an archive for rpm offers: repomd.xml, which is signed or
 * not, and the list of packages whose checksum it has.
 *
 * @module
 */
import { basename } from "node:path";
import { downloadWhole, Refused } from "./download.ts";
import {
  firstFile,
  type Index,
  type IndexFormat,
  type ListFile,
  type Located,
  openList,
  type Package,
  withoutEpoch,
} from "./index_format.ts";
import { type ProvisionOptions, Unavailable } from "./kernel.ts";
import { keysOfSite } from "./offered_keys.ts";
import { compareRpmVersions } from "./rpm_version.ts";
import { parseRepomd, rpmPackages } from "./rpm_metadata.ts";
import { type Signed, signedText } from "./signature.ts";
import { sites } from "./sites.ts";

/** A repomd.xml has some 10 kB. */
const maxRepomd = 1 << 22;

/** The signature beside it, where there is one. */
async function signatureOf(
  url: URL,
  options: ProvisionOptions,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const beside = new URL("repodata/repomd.xml.asc", url);
    return await downloadWhole(beside, { ...options, limit: maxRepomd });
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
}

async function repomd(
  { archive, url: site }: Located,
  options: ProvisionOptions,
): Promise<Signed> {
  const { authority, past = false } = sites[archive.site];
  const name = `the index of ${archive.suite}`;
  const url = root({ archive, url: site });
  const bounds = { ...options, limit: maxRepomd };
  const [bytes, signature] = await Promise.all([
    firstFile(`${archive.suite}/repodata/repomd.xml`, site, bounds),
    authority.signsIndex ? signatureOf(url, options) : undefined,
  ]);
  if (!authority.signsIndex) return { text: new TextDecoder().decode(bytes) };
  if (signature === undefined) {
    throw new Unavailable(`Cannot trust ${name}: it is not signed`);
  }
  const sealed = { name, bytes, signature };
  const { keyrings } = options;
  const offered = (): Promise<string[]> => keysOfSite(authority, site, options);
  return await signedText(sealed, { authority, keyrings, past, offered });
}

function root({ archive, url }: Located): URL {
  return new URL(`${archive.suite}/`, url);
}

async function load(
  { archive, url }: Located,
  known: Index | undefined,
  options: ProvisionOptions,
): Promise<Index> {
  const base = root({ archive, url });
  const { text, ...trust } = await repomd({ archive, url }, options);
  const { href, size, sha256 } = await parseRepomd(text, archive.suite);
  const list: ListFile = {
    url: new URL(href, base),
    name: href,
    suite: archive.suite,
    size,
    sha256,
  };
  return {
    ...trust,
    url: base.href,
    had: new Date().toISOString(),
    sha256,
    packages: known?.sha256 === sha256
      ? known.packages
      : await rpmPackages(await openList(list, options)),
  };
}

/** Its name, which has the version without the epoch in it. */
function isFileOf({ name, version, filename }: Package): boolean {
  return basename(filename) === `${name}.rpm` &&
    name.includes(`-${withoutEpoch(version)}.`);
}

/** repomd.xml, primary.xml, rpm. */
export const rpmFormat: IndexFormat = {
  root,
  isFileOf,
  load,
  compare: compareRpmVersions,
};
