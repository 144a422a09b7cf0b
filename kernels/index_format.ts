/**
 * What an index of an archive is, whatever its format.
 *
 * @module
 */
import { sha256 } from "./digest.ts";
import { type Bounds, downloadWhole, Refused } from "./download.ts";
import { type Archive, type ProvisionOptions, Unavailable } from "./kernel.ts";
import { type Bytes, unpack } from "./unpack.ts";

/** One package, as an index says. */
export interface Package {
  readonly name: string;
  readonly version: string;
  /** Path below the index's URL. */
  readonly filename: string;
  readonly size: number;
  /** In hex, 64 digits. */
  readonly sha256: string;
}

/** Two addresses that have nothing in common: what stays below both stays below any. */
const anywhere = ["http://one.invalid/1/", "https://other.invalid/2/"];

function staysBelow(root: string, path: string): boolean {
  const found = URL.parse(path, root);
  return found !== null && found.href.startsWith(root);
}

/** Whether what an index says can be used: a checksum, a size, and a path that stays in the archive. */
export function isUsable({ filename, size, sha256 }: Package): boolean {
  return /^[0-9a-f]{64}$/.test(sha256) && Number.isSafeInteger(size) &&
    size > 0 && /^[\w.+~:%^/-]+$/.test(filename) &&
    anywhere.every((root) => staysBelow(root, filename));
}

/** What is remembered of an index. */
export interface Index {
  /** What the paths of its packages are below. */
  readonly url: string;
  /** When it was had, in ISO 8601. */
  readonly had: string;
  /** Of the list of packages, so that it is read again only when it changed. */
  readonly sha256: string;
  readonly packages: readonly Package[];
  /** Why its signature was not checked, where it was not. */
  readonly unchecked?: string;
}

/** An archive and where it is. */
export interface Located {
  readonly archive: Archive;
  readonly url: URL;
}

/** The packages of an index that are remembered. */
export interface Names {
  /** Is in every stanza that `name` matches; most stanzas are others', and this is told fast. */
  readonly hint: string;
  /** Matches the line that names the package, and captures the name. */
  readonly name: RegExp;
}

/** All images of Debian and Ubuntu are in packages called so; no row asks for others. */
export const kernelNames: Names = {
  hint: "Package: linux-",
  name: /^Package: (linux-(?:image|binary)-\d\S*)$/m,
};

/** A version as it stands in names of files, which have no epoch. */
export function withoutEpoch(version: string): string {
  return version.replace(/^\d+:/, "");
}

/** One format of archives. */
export interface IndexFormat {
  /** What the paths of an archive's packages are below. */
  root(located: Located): URL;
  /** Whether the package's file is called as archives call it. */
  isFileOf(one: Package): boolean;
  /**
   * Asks the archive; the packages of the index `known` are taken where they are
   * the same. `names` is apt's: an index of rpm is read for kernels.
   */
  load(
    located: Located,
    known: Index | undefined,
    options: ProvisionOptions,
    names: Names,
  ): Promise<Index>;
  /** The order of two versions: below zero where the first is older. */
  compare(a: string, b: string): number;
}

/** Thrown where an archive answers that it has no such suite. */
export class NoSuite extends Unavailable {
  constructor(
    /** What the archive's own paths are below. */
    readonly root: URL,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The first file of an index, which every suite has. Throws {@link NoSuite}
 * where it is not there: a list that it names and that is missing says
 * something else, that the mirror is updating.
 */
export async function firstFile(
  path: string,
  root: URL,
  bounds: Bounds,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await downloadWhole(new URL(path, root), bounds);
  } catch (error) {
    const isGone = error instanceof Refused &&
      [404, 410].includes(error.status);
    throw isGone ? new NoSuite(root, error.message) : error;
  }
}

/** Where the list of packages is, and what it must be. */
export interface ListFile {
  readonly url: URL;
  /** What the messages call it. */
  readonly name: string;
  readonly suite: string;
  readonly size: number;
  readonly sha256: string;
}

/** The largest list of packages, that of Fedora, has 20 MB. */
const maxList = 1 << 28;

/** The bytes of a list of packages, unpacked, once they are known to be those that the index names. */
export async function openList(
  { url, name, suite, size, sha256: sum }: ListFile,
  options: ProvisionOptions,
): Promise<Bytes> {
  const megabytes = (size / 1e6).toFixed(1);
  options.progress?.(`reading the index of ${suite}, ${megabytes} MB`);
  const limit = Math.min(size, maxList);
  const bytes = await downloadWhole(url, { ...options, limit });
  if (await sha256(bytes) === sum) {
    return unpack(name, new Blob([bytes]).stream());
  }
  const why =
    "its checksum is not the one that was signed; the mirror may be updating";
  throw new Unavailable(`Cannot trust ${name} of ${suite}: ${why}`);
}
