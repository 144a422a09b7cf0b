/**
 * Shared libraries of another processor, out of Debian's packages: signed index, sha256, and then
 * the package's files by their sonames.
 *
 * @module
 */
import { basename, join } from "node:path";
import { archiveIndex, indexFormats } from "./archive_index.ts";
import { type Arch, arches } from "./arch.ts";
import { readJson, writeJson } from "./cached.ts";
import { debEntries } from "./deb.ts";
import { sha256 } from "./digest.ts";
import { readElf } from "./elf.ts";
import { isFresh } from "./image_cache.ts";
import type { Names, Package } from "./index_format.ts";
import { keptFolder } from "./kept_folder.ts";
import { type Archive, type ProvisionOptions, Unavailable } from "./kernel.ts";
import { fetchPackage } from "./package_download.ts";
import { PartFile } from "./part_file.ts";

/** The Debian whose libraries guests get; a C library runs on kernels older and newer than its release. */
const archives: readonly Archive[] = [
  { site: "debian", suite: "bookworm" },
  { site: "security", suite: "bookworm-security" },
];

/** A bound on what a package can make us write; the largest library has 2 MB. */
const maxLibrary = 1 << 26;
const libraryName = /^(\.?\/)?(usr\/)?lib(64)?\/[^ ]*\.so(\.[\w.]+)?$/;

/** The kernel starts a loader only where it may be executed. */
const mode = 0o755;

/** A package, and what the index says of it. */
interface Offer extends Package {
  /** What its path is below. */
  readonly root: string;
  /** Why the index's signature was not checked, where it was not. */
  readonly unchecked?: string;
}

function namesOf(packages: readonly string[]): Names {
  return {
    hint: "Package: ",
    name: new RegExp(`^Package: (${packages.join("|")})$`, "m"),
  };
}

/** What one archive has; its index of yesterday where it does not answer today. */
async function offersOf(
  archive: Archive,
  names: Names,
  options: ProvisionOptions,
  refresh: boolean,
): Promise<Offer[]> {
  const ask = (options: ProvisionOptions) =>
    archiveIndex("apt", archive, options, refresh, names);
  const { packages, url, unchecked } = await ask(options).catch(
    async (error) => {
      if (!(error instanceof Unavailable) || options.offline) throw error;
      const known = await ask({ ...options, offline: true }).catch(() => {});
      if (known === undefined) throw error;
      return known;
    },
  );
  const doubt = unchecked === undefined ? {} : { unchecked };
  return packages.map((one) => ({ ...one, root: url, ...doubt }));
}

/** The newest of each name; an archive that fails matters only where a package is missed. */
async function newest(
  arch: Arch,
  packages: readonly string[],
  options: ProvisionOptions,
  refresh: boolean,
): Promise<Offer[]> {
  const names = namesOf(packages);
  const asked = await Promise.allSettled(
    archives.map((one) => offersOf({ ...one, arch }, names, options, refresh)),
  );
  options.signal?.throwIfAborted();
  const all = asked.flatMap((one) =>
    one.status === "fulfilled" ? one.value : []
  );
  const { compare } = indexFormats.apt;
  all.sort((a, b) => compare(b.version, a.version));
  return packages.map((name) => {
    const found = all.find((one) => one.name === name);
    if (found !== undefined) return found;
    const failed = asked.find((one) => one.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    throw new Unavailable(
      `Debian has no package ${name} for ${arches[arch].debian}`,
    );
  });
}

/** Writes the libraries of the package at `path` to `folder`, by their sonames. */
async function unpackLibraries(path: string, folder: string): Promise<void> {
  using file = await Deno.open(path);
  for await (const { name, isFile, size, body } of debEntries(file)) {
    if (!isFile || size > maxLibrary || !libraryName.test(name)) continue;
    const part = join(folder, "part");
    await Deno.writeFile(part, ReadableStream.from(body), { mode });
    const soname = sonameOf(part);
    if (soname === undefined) await Deno.remove(part);
    else await Deno.rename(part, join(folder, basename(soname)));
  }
}

/** Nothing for a plugin that has none, and for a text that the linker reads. */
function sonameOf(path: string): string | undefined {
  try {
    return readElf(path).soname;
  } catch {
    return undefined;
  }
}

async function haveLibraries(
  offer: Offer,
  options: ProvisionOptions,
): Promise<string> {
  const store = join(options.cache, "userland");
  return await keptFolder(join(store, offer.sha256), async (folder) => {
    if (options.offline) {
      throw new Unavailable(`${offer.name} is not in the cache`);
    }
    const parts = join(options.cache, "kernels", "parts");
    using part = await PartFile.open(parts, offer.sha256, options);
    const url = new URL(offer.filename, offer.root);
    await fetchPackage(part, { ...offer, url }, options);
    await unpackLibraries(part.path, folder);
    await part.remove();
  });
}

/** What was taken last, and when Debian was asked for it. */
interface Last {
  /** In ISO 8601. */
  readonly had: string;
  readonly offers: readonly Offer[];
}

/** Whether Debian need not be asked again; it is where a signature may be checked today. */
function isSound({ had, offers }: Last): boolean {
  return isFresh(had) &&
    offers.every(({ unchecked }) => unchecked === undefined);
}

/** Has them all; says of each index that nobody could check why. */
async function haveAll(
  offers: readonly Offer[],
  options: ProvisionOptions,
): Promise<string[]> {
  const doubts = offers.map(({ unchecked }) => unchecked);
  const folders = await Promise.all(
    offers.map((offer) => haveLibraries(offer, options)),
  );
  for (const doubt of new Set(doubts)) {
    if (doubt !== undefined) options.warn?.(doubt);
  }
  return folders;
}

/**
 * The host paths of the libraries in these packages, by soname, out of the cache or fetched. Debian
 * is asked once a day; each time, with a warning, where nobody can check who signed its index.
 *
 * @throws {Unavailable} with a reason of one line, or the signal's reason.
 */
export async function debianLibraries(
  arch: Arch,
  packages: readonly string[],
  options: ProvisionOptions,
): Promise<ReadonlyMap<string, string>> {
  const key = await sha256([arch, ...packages].join(" "));
  const memory = join(options.cache, "userland", `${key}.json`);
  const resolve = async (refresh: boolean): Promise<string[]> => {
    const had = new Date().toISOString();
    const offers = await newest(arch, packages, options, refresh);
    const folders = await haveAll(offers, options);
    await writeJson(memory, { had, offers });
    return folders;
  };
  const again = true;
  const last = await readJson<Last>(memory);
  const isKnown = last && (options.offline || isSound(last));
  // What is remembered may name what the mirror has replaced since, so ask once more.
  const folders =
    await (isKnown ? haveAll(last.offers, options) : resolve(!again))
      .catch((error) => {
        const isStale = error instanceof Unavailable && !options.offline;
        if (!isStale) throw error;
        return resolve(again);
      });
  return new Map(folders.flatMap(entries));
}

function entries(folder: string): [soname: string, path: string][] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name)
    .filter((name) => /\.so(\.|$)/.test(name))
    .map((name) => [name, join(folder, name)]);
}
