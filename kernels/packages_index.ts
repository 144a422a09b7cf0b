/**
 * The kernels in a suite's index of packages.
 *
 * @module
 */
import { compareVersions } from "./deb_version.ts";
import type { Bytes } from "./unpack.ts";

/** One package, as its stanza in the index says. */
export interface Package {
  readonly name: string;
  readonly version: string;
  /** Path below the archive's URL. */
  readonly filename: string;
  readonly size: number;
  /** In hex, 64 digits. */
  readonly sha256: string;
}

/** All images of Debian are in packages called so; no row asks for others. */
const kernel = /^Package: (linux-(?:image|binary)-\d\S*)$/m;

function field(stanza: string, name: string): string {
  return new RegExp(`^${name}: *(\\S+)$`, "m").exec(stanza)?.[1] ?? "";
}

/** The package of a stanza, if it is a kernel's and has all that is needed to fetch it. */
export function parseStanza(stanza: string): Package | undefined {
  const name = kernel.exec(stanza)?.[1];
  if (name === undefined) return undefined;
  const size = Number(field(stanza, "Size"));
  const filename = field(stanza, "Filename");
  const sha256 = field(stanza, "SHA256");
  const usable = /^[0-9a-f]{64}$/.test(sha256) && Number.isSafeInteger(size) &&
    size > 0 &&
    /^[\w.+~:%/-]+$/.test(filename) && !filename.split("/").includes("..");
  return usable
    ? { name, version: field(stanza, "Version"), filename, size, sha256 }
    : undefined;
}

/** The kernels of an unpacked index, read as a stream: a suite's index has up to 60 MB. */
export async function kernelPackages(index: Bytes): Promise<Package[]> {
  const decoder = new TextDecoder();
  const found: (Package | undefined)[] = [];
  let rest = "";
  for await (const chunk of index) {
    const stanzas = (rest + decoder.decode(chunk, { stream: true })).split(
      "\n\n",
    );
    rest = stanzas.pop() ?? "";
    found.push(...stanzas.map(parseStanza));
  }
  return [...found, parseStanza(rest)].filter((p) => p !== undefined);
}

/** The newest of `packages` whose whole name `image` matches. */
export function newest<P extends Package>(
  packages: readonly P[],
  image: RegExp,
): P | undefined {
  const matching = packages.filter(({ name }) => image.test(name));
  return matching.sort((a, b) => compareVersions(b.version, a.version))[0];
}
