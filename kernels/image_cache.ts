/**
 * Images by the sha256 of the package they came from: whole, checked, or not there.
 *
 * @module
 */
import { join } from "node:path";
import { namesIn, readJson, unlessGone, writeJson } from "./cached.ts";
import type { Arch } from "./arch.ts";
import { sha256 } from "./digest.ts";
import { readable } from "./unread.ts";

/** What is remembered of an image, in the `image.json` beside it. */
export interface Origin {
  readonly package: string;
  readonly version: string;
  readonly release: string;
  readonly arch: Arch;
  /** The URL of the package. */
  readonly from: string;
  /** Whether the package's own signature was checked, and good. */
  readonly vouched?: boolean;
  /** Why the signature of the package was not checked, where it should have been. */
  readonly unchecked?: string;
}

/** An image in the cache. */
export interface CachedImage extends Origin {
  readonly path: string;
  /** The path of the configuration it was built with, where that is known. */
  readonly config?: string;
  readonly imageSha256: string;
  /** When it was had, in ISO 8601. */
  readonly had: string;
}

const dayMs = 24 * 60 * 60 * 1000;

/** Whether `time`, in ISO 8601, was within the last day. A time to come is not: the clock was wrong. */
export function isFresh(time: string): boolean {
  const age = Date.now() - Date.parse(time);
  return age >= 0 && age < dayMs;
}

/** The images below a folder. */
export class ImageCache {
  constructor(readonly folder: string) {}

  /**
   * The image of the package `deb`, if it is there and its bytes are those that
   * were put there. Throws {@link Unread} where that cannot be told.
   */
  async find(deb: string): Promise<CachedImage | undefined> {
    const kept = await this.#read(deb);
    if (kept === undefined) return undefined;
    const { path } = kept;
    const bytes = await readable(path, unlessGone(Deno.readFile(path)));
    return bytes && await sha256(bytes) === kept.imageSha256 ? kept : undefined;
  }

  async #read(deb: string): Promise<CachedImage | undefined> {
    const path = join(this.folder, deb, "image.json");
    const kept = await readable(path, readJson<CachedImage>(path));
    const whole = typeof kept?.release === "string" &&
      typeof kept.from === "string";
    if (!whole) return undefined;
    // Before there were others it was not said.
    const { arch = "x86_64" }: Partial<Origin> = kept;
    return await this.#placed(deb, { ...kept, arch });
  }

  async #placed(
    deb: string,
    kept: Omit<CachedImage, "path">,
  ): Promise<CachedImage> {
    const [path, config] = ["vmlinuz", "config"].map((name) =>
      join(this.folder, deb, name)
    );
    const hasConfig = await Deno.stat(config ?? "").then(
      () => true,
      () => false,
    );
    return { ...kept, path: path ?? "", ...(hasConfig && { config }) };
  }

  /**
   * Takes the finished `vmlinuz` of the folder `from`, and the `config` if it
   * is there, by renaming. Two runs at once put the same bytes there.
   */
  async put(deb: string, from: string, origin: Origin): Promise<CachedImage> {
    const folder = join(this.folder, deb);
    const kept = {
      ...origin,
      imageSha256: await sha256(await Deno.readFile(join(from, "vmlinuz"))),
      had: new Date().toISOString(),
    };
    await Deno.mkdir(folder, { recursive: true });
    await Deno.rename(join(from, "config"), join(folder, "config")).catch(
      () => {}, // Not every package has it.
    );
    await Deno.rename(join(from, "vmlinuz"), join(folder, "vmlinuz"));
    await writeJson(join(folder, "image.json"), kept); // Last: nothing is found without it.
    return await this.#placed(deb, kept);
  }

  /** The sha256 of every package whose image was put here, damaged or not. */
  async list(): Promise<string[]> {
    const names = await namesIn(this.folder);
    return names.filter((name) => /^[0-9a-f]{64}$/.test(name));
  }
}
