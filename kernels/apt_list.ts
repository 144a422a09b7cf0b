/**
 * The list of packages of a suite, as its InRelease names it.
 *
 * @module
 */
import { arches } from "./arch.ts";
import type { Sum } from "./in_release.ts";
import { firstFile, type ListFile, type Located } from "./index_format.ts";
import { type ProvisionOptions, Unavailable } from "./kernel.ts";

/** An InRelease has 0.3 MB at most; this is far above it. */
const maxRelease = 1 << 24;

/** The bytes of a suite's InRelease. */
export async function inRelease(
  { archive, url }: Located,
  options: ProvisionOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const path = `dists/${archive.suite}/InRelease`;
  return await firstFile(path, url, { ...options, limit: maxRelease });
}

/** The list for the archive's processor, as small as it is offered. */
export function listOf(
  { archive: { suite, arch = "x86_64" }, url }: Located,
  sums: ReadonlyMap<string, Sum>,
): ListFile {
  const { debian } = arches[arch];
  for (const ending of ["xz", "gz"]) {
    const name = `main/binary-${debian}/Packages.${ending}`;
    const sum = sums.get(name);
    const at = new URL(`dists/${suite}/${name}`, url);
    if (sum !== undefined) return { ...sum, url: at, name, suite };
  }
  throw new Unavailable(
    `The index of ${suite} lists no packages for ${debian}`,
  );
}
