/**
 * The kernels that an archive offers, by its index, whatever its format.
 *
 * @module
 */
import { join } from "node:path";
import { aptFormat } from "./apt_index.ts";
import { readJson, writeJson } from "./cached.ts";
import { sha256 } from "./digest.ts";
import { isFresh } from "./image_cache.ts";
import { InFlight } from "./in_flight.ts";
import { type Index, type IndexFormat, kernelNames } from "./index_format.ts";
import {
  type Archive,
  type ArchiveSource,
  type ProvisionOptions,
  Unavailable,
} from "./kernel.ts";
import { rpmFormat } from "./rpm_index.ts";
import { archiveUrl } from "./sites.ts";

/** By the kind of a source. */
export const indexFormats: Readonly<
  Record<ArchiveSource["kind"], IndexFormat>
> = { apt: aptFormat, rpm: rpmFormat };

const loading = new InFlight<Index>();

/**
 * The index of `archive`: out of the cache if it is from the last day and no
 * `refresh` is wanted, else from the archive. Of apt's it has the packages that
 * are called as `names` says. Throws {@link Unavailable}.
 */
export async function archiveIndex(
  kind: ArchiveSource["kind"],
  archive: Archive,
  options: ProvisionOptions,
  refresh: boolean,
  names = kernelNames,
): Promise<Index> {
  const url = await archiveUrl(archive, options.mirrors ?? {});
  const { suite, arch } = archive;
  const more = names === kernelNames ? [] : [names.name.source];
  const key = await sha256([url, suite, arch ?? [], more].flat(2).join(" "));
  const path = join(options.cache, "kernels", "indexes", `${key}.json`);
  const read = await readJson<Index>(path);
  const known = Array.isArray(read?.packages) ? read : undefined;
  // What could not be checked yesterday may be checked today.
  const sound = known?.unchecked === undefined;
  const young = !refresh && sound && isFresh(known?.had ?? "");
  if (known && (options.offline || young)) return known;
  if (options.offline) {
    throw new Unavailable(`The index of ${archive.suite} is not in the cache`);
  }
  return await loading.join(path, options.signal, async () => {
    const { load } = indexFormats[kind];
    const old = refresh ? undefined : known;
    const index = await load({ archive, url }, old, options, names);
    await writeJson(path, index);
    return index;
  });
}
