/**
 * Keys that an archive offers itself, for machines without the distribution's
 * keyring package: in files, or in that very package. They need not be
 * believed: only signatures by the keys that the list names, and by their
 * subkeys, are.
 *
 * @module
 */
import { join } from "node:path";
import type { Authority } from "./authorities.ts";
import { type Make, place } from "./cached.ts";
import { debEntries } from "./deb.ts";
import { sha256 } from "./digest.ts";
import { downloadWhole, OtherBytes } from "./download.ts";
import type { Package } from "./index_format.ts";
import { type ProvisionOptions, Unavailable } from "./kernel.ts";

/** A keyring has some 10 kB, a package of keyrings some 100. */
const maxKeys = 1 << 22;

/** The path of a file of keys, made once; nothing where it cannot be had, which is told where it is damaged. */
async function kept(
  url: URL,
  options: ProvisionOptions,
  make: Make,
): Promise<string[]> {
  const name = `${await sha256(url.href)}.gpg`;
  const path = join(options.cache, "kernels", "keys", name);
  try {
    return [await place(path, make)];
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof OtherBytes) options.warn?.(error.message);
    if (error instanceof Unavailable) return [];
    throw error;
  }
}

/** The keys that a site has in files of their own, as AlmaLinux's. */
export async function keysOfSite(
  { offered = [] }: Authority,
  site: URL,
  options: ProvisionOptions,
): Promise<string[]> {
  const all = offered.map((name) => {
    const url = new URL(name, site);
    return kept(url, options, async (path) => {
      const bytes = await downloadWhole(url, { ...options, limit: maxKeys });
      await Deno.writeFile(path, bytes);
    });
  });
  return (await Promise.all(all)).flat();
}

/** Debian's are called .pgp since trixie, where .gpg is a link to it. */
const keyringName = /^\.?\/?usr\/share\/keyrings\/[^/]+\.(gpg|pgp)$/;

/** Writes the files of keys that a package holds one after the other, as a keyring is. */
async function unpackKeys(deb: string, to: string): Promise<void> {
  using file = await Deno.open(deb);
  let written = 0;
  for await (const { name, isFile, size, body } of debEntries(file)) {
    if (!isFile || !keyringName.test(name)) continue;
    written += size;
    if (written > maxKeys) {
      throw new Unavailable("The package of keys holds more than keys");
    }
    await Deno.writeFile(to, ReadableStream.from(body), { append: true });
  }
  if (written === 0) throw new Unavailable("The package of keys holds none");
}

/** The keys in the distribution's own keyring package, below the URL of its archive. */
export async function keysOfPackage(
  { filename, sha256: sum }: Package,
  archive: URL,
  options: ProvisionOptions,
): Promise<string[]> {
  const url = new URL(filename, archive);
  return await kept(url, options, async (path) => {
    const deb = `${path}.deb`;
    try {
      const bytes = await downloadWhole(url, { ...options, limit: maxKeys });
      if (await sha256(bytes) !== sum) {
        throw new OtherBytes(
          `Cannot take keys of ${url}: its checksum is not that of the index`,
        );
      }
      await Deno.writeFile(deb, bytes);
      await unpackKeys(deb, path);
    } finally {
      await Deno.remove(deb).catch(() => {});
    }
  });
}
