/**
 * A package on its way here: what was had before is gone on with, and at the
 * end its bytes are those that the index names.
 *
 * @module
 */
import { Broken, downloadPart, OtherBytes, type Part } from "./download.ts";
import type { ProvisionOptions } from "./kernel.ts";
import type { PartFile } from "./part_file.ts";

/** A file at a mirror, known by its contents. */
export interface Wanted {
  /** What the messages call it. */
  readonly name: string;
  readonly url: URL;
  /** In hex, 64 digits. */
  readonly sha256: string;
  /** What names the checksum; the index where it is not said. */
  readonly namedBy?: string;
  /** Bytes; only a bound where `sizeIsBound`. */
  readonly size: number;
  readonly sizeIsBound?: boolean;
}

/** How often a broken line is taken up again, each time only if something came. */
const maxBreaks = 20;

const megabytes = (bytes: number): number => Math.floor(bytes / 1e6);

/** Writes what comes, from where it begins. */
async function take(
  { start, bytes }: Part,
  part: PartFile,
  wanted: Wanted,
  options: ProvisionOptions,
): Promise<void> {
  if (start !== part.size) await part.clear();
  const all = wanted.sizeIsBound ? "" : `of ${megabytes(wanted.size)} `;
  for await (const chunk of bytes) {
    const before = megabytes(part.size);
    part.append(chunk);
    const now = megabytes(part.size);
    if (now === before) continue;
    options.progress?.(`downloading ${wanted.name}, ${now} ${all}MB`);
  }
}

/** Asks until the file is whole, or a line breaks at the same byte twice. */
async function complete(
  part: PartFile,
  wanted: Wanted,
  options: ProvisionOptions,
): Promise<void> {
  const bounds = { ...options, limit: wanted.size };
  for (let breaks = 0;; breaks++) {
    const from = part.size;
    try {
      return await downloadPart(
        wanted.url,
        from,
        bounds,
        (got) => take(got, part, wanted, options),
      );
    } catch (error) {
      if (error instanceof Broken && part.size === wanted.size) return;
      const mayGoOn = error instanceof Broken && part.size > from;
      if (!mayGoOn || breaks >= maxBreaks) throw error;
    }
  }
}

/** Why the bytes are not those that were wanted, if they are not. */
function wrong(part: PartFile, wanted: Wanted): OtherBytes | undefined {
  const { url, size, sha256, namedBy = "the index" } = wanted;
  const { sizeIsBound = false } = wanted;
  if (part.size < size && !sizeIsBound) {
    return new OtherBytes(
      `${url} is cut short: ${part.size} of ${size} bytes`,
    );
  }
  const found = part.digest();
  if (found === sha256) return undefined;
  return new OtherBytes(
    `Cannot trust ${url}: its checksum is ${found}, and ${namedBy} says ${sha256}`,
  );
}

/**
 * Has all of `wanted` in `part`. A part that turns out to be wrong is removed;
 * one that came from an earlier run is first had again. Throws {@link Unavailable}.
 */
export async function fetchPackage(
  part: PartFile,
  wanted: Wanted,
  options: ProvisionOptions,
): Promise<void> {
  if (part.size > wanted.size) await part.clear();
  const left = part.size > 0;
  if (left) {
    options.progress?.(`going on at ${megabytes(part.size)} MB`);
  }
  const isWhole = left && part.digest() === wanted.sha256;
  if (!isWhole) {
    await complete(part, wanted, options).catch(async (error) => {
      if (!(error instanceof Broken)) await discard(part, options);
      throw error;
    });
  }
  const why = wrong(part, wanted);
  if (why === undefined) return;
  await part.clear();
  if (left) return await fetchPackage(part, wanted, options);
  await part.remove();
  throw why;
}

/** What the archive said no to is not gone on with; what the user cancelled is. */
async function discard(
  part: PartFile,
  { signal }: ProvisionOptions,
): Promise<void> {
  if (!signal?.aborted) await part.remove();
}
