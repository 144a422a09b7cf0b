/**
 * The very package that `kernels.lock` pins for a row, and no other.
 *
 * @module
 */
import { indexFormats } from "./archive_index.ts";
import { OtherBytes, Refused } from "./download.ts";
import type { CachedImage } from "./image_cache.ts";
import {
  type Archive,
  type ArchiveSource,
  type Kernel,
  type Lock,
  type Pin,
  type ProvisionOptions,
  Unavailable,
} from "./kernel.ts";
import { lockPath } from "./lock.ts";
import { findImage, haveParcel } from "./package_source.ts";
import { archiveUrl, type Mirrors, mirrorWays } from "./sites.ts";
import { doubtOf, vouching } from "./vouching.ts";

/** Thrown where it is the lock that keeps a row from being had; its message says what to do. */
export class Locked extends Unavailable {}

/** The command that pins a row anew. */
function pinning(row: string): string {
  return `deno task kernels fetch --lock ${row}`;
}

/** Throws {@link Locked}: many rows may not be pinned, and the same words are told once. */
function pinOf({ id }: Kernel, lock: Lock): Pin {
  const pin = lock[id];
  if (pin !== undefined) return pin;
  throw new Locked(`It is not in ${lockPath}; ${pinning("ROW")} pins it`);
}

/** The lock is wrong, unless one of these other ways helps. */
function wrong(
  { id }: Kernel,
  why: string,
  ways: readonly string[] = [],
): Locked {
  const wayOut = [...ways, `put ${lockPath} back as it was`].join(", ");
  return new Locked(
    `Cannot take ${id} as ${lockPath} says: ${why}; ${wayOut}, or pin what there is now: ${
      pinning(id)
    }`,
  );
}

function isSame(one: Archive, other: Archive): boolean {
  return one.site === other.site && one.suite === other.suite &&
    one.at === other.at && one.arch === other.arch;
}

/**
 * What a pin says is one package, of an archive of the row: its checksum alone
 * would let any name pass, and its suite could lead to any host.
 */
function check(
  kernel: Kernel,
  { kind, image, archives }: ArchiveSource,
  pin: Pin,
): void {
  const { name, version, filename, archive } = pin;
  if (!archives.some((one) => isSame(one, archive))) {
    const { site, ...rest } = archive;
    throw wrong(
      kernel,
      `${JSON.stringify(rest)} of ${site} is no archive of this row`,
    );
  }
  if (!image.test(name)) {
    throw wrong(kernel, `${name} is no package of this row`);
  }
  if (!indexFormats[kind].isFileOf(pin)) {
    throw wrong(kernel, `${filename} is not the file of ${name} ${version}`);
  }
}

/** What is in the cache tells which package it came from; a file of the user's has no version. */
function checkImage(kernel: Kernel, pin: Pin, image: CachedImage): void {
  const { name, version, sha256 } = pin;
  const isSame = image.package === name && image.version === version;
  if (image.version === "" || isSame) return;
  throw wrong(
    kernel,
    `it names ${name} ${version}, and the package of its checksum ${sha256} is ${image.package} ${image.version}`,
  );
}

/** What an archive's answer means for who asked for exactly this. */
function explain(
  error: unknown,
  kernel: Kernel,
  pin: Pin,
  mirrors: Mirrors,
): unknown {
  const ways = mirrorWays([pin.archive.site], mirrors);
  // A mirror may cut a file short, or have another one.
  if (error instanceof OtherBytes) return wrong(kernel, error.message, ways);
  const isGone = error instanceof Refused && [404, 410].includes(error.status);
  if (!isGone) return error;
  return new Locked(
    `${error.message}: the archive no longer has what ${lockPath} names; ${
      ways.join(", or ")
    }, or pin what there is now: ${pinning(kernel.id)}`,
  );
}

/**
 * The package of the lock: its checksum is all that has to be believed, and its
 * own signature where its index has none. Throws {@link Unavailable}.
 */
export async function haveLocked(
  kernel: Kernel,
  source: ArchiveSource,
  lock: Lock,
  options: ProvisionOptions,
): Promise<CachedImage> {
  const pin = pinOf(kernel, lock);
  check(kernel, source, pin);
  const { archive } = pin;
  const { mirrors = {} } = options;
  const url = await archiveUrl(archive, mirrors);
  const root = indexFormats[source.kind].root({ archive, url });
  const at = new URL(pin.filename, root);
  const named = { url: at, namedBy: lockPath };
  const parcel = { ...pin, ...named, ...vouching(pin, options) };
  const image = await haveParcel(parcel, options).catch((error) => {
    throw explain(error, kernel, pin, mirrors);
  });
  checkImage(kernel, pin, image);
  const doubt = doubtOf(pin, image);
  if (doubt !== undefined) options.warn?.(doubt);
  return image;
}

/** The package of the lock if it is in the cache; nothing where the lock keeps the row from being had. */
export async function findLocked(
  kernel: Kernel,
  source: ArchiveSource,
  lock: Lock,
  cache: string,
): Promise<CachedImage | undefined> {
  try {
    const pin = pinOf(kernel, lock);
    check(kernel, source, pin);
    const image = await findImage({ ...pin, ...vouching(pin, {}) }, cache);
    if (image !== undefined) checkImage(kernel, pin, image);
    return image;
  } catch (error) {
    if (error instanceof Locked) return undefined;
    throw error;
  }
}
