/**
 * What is on this machine already: an image, a package, or the folder of a
 * kernel's build.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { digestOf } from "./digest.ts";
import { NotAnImage, readHeader } from "./image.ts";
import type { FileSource, ProvisionOptions } from "./kernel.ts";
import { isPackage } from "./package_image.ts";
import { imagesOf, keepImage } from "./package_source.ts";
import type { Supplier, Supply } from "./supplier.ts";
import { Unread, unread } from "./unread.ts";

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** The images that a build leaves in its folder, the one to take first. */
const packed = ["arch/x86/boot/bzImage", "arch/arm64/boot/Image"];
const built = [...packed, "vmlinux"];

/** The image of the build in a folder, or the path itself. */
function imageAt(path: string): string {
  const found = built.map((name) => join(path, name)).find(isFile);
  return found ?? path;
}

/** The configuration of the image at `path`: of a build, of a folder of its own, or as /boot has it. */
function configBeside(path: string): string | undefined {
  const folder = dirname(path);
  const [, version = ""] = /^vmlinu[xz]-(.+)$/.exec(basename(path)) ?? [];
  const isBuilt = packed.some((name) => path.endsWith(`/${name}`));
  const build = isBuilt ? join(folder, "../../..") : "";
  const candidates = [
    version && join(folder, `config-${version}`),
    build && join(build, ".config"),
    ...[".config", "config"].map((name) => join(folder, name)),
  ];
  return candidates.find((candidate) => candidate !== "" && isFile(candidate));
}

/** Whether `path` holds a kernel, as far as its beginning tells. Throws {@link NotAnImage}, or the system's error. */
export function checkFile(path: string): void {
  const image = imageAt(path);
  if (Deno.statSync(image).isDirectory) {
    throw new NotAnImage(`is a folder without ${packed.join(" or ")}`);
  }
  // To open a FIFO is to wait for its writer: readHeader refuses what is no file.
  if (!isFile(image) || !isPackage(image)) readHeader(image);
}

async function image(path: string): Promise<Supply> {
  const header = readHeader(path);
  const config = configBeside(path);
  return {
    ...header,
    path,
    imageSha256: await digestOf(path),
    from: path,
    ...(config !== undefined && { config }),
  };
}

/** The image in the package at `path`; unpacked once for each content. */
async function unpacked(
  path: string,
  options: ProvisionOptions,
): Promise<Supply> {
  const sha256 = await digestOf(path);
  const name = basename(path);
  const parcel = { name, version: "", url: pathToFileURL(path), sha256 };
  const supply = await imagesOf(options.cache).find(sha256) ??
    await keepImage(path, parcel, options);
  return { ...supply, from: path };
}

/** The image that {@linkcode unpacked} has kept of a package. */
async function kept(
  path: string,
  cache: string,
): Promise<Supply | undefined> {
  const supply = await imagesOf(cache).find(await digestOf(path));
  return supply && { ...supply, from: path };
}

/** The image at `path`, or what `taken` has of the package there. */
async function supplied<Taken>(
  path: string,
  taken: (file: string) => Promise<Taken>,
): Promise<Supply | Taken> {
  const file = imageAt(path);
  checkFile(file);
  return isPackage(file) ? await taken(file) : await image(file);
}

/** What there is without unpacking; nothing where there is no kernel. Throws {@link Unread}. */
async function cached(
  path: string,
  cache: string,
): Promise<Supply | undefined> {
  try {
    return await supplied(path, (file) => kept(file, cache));
  } catch (error) {
    const told = unread(error, path, "name another file");
    const isThere = !(error instanceof Deno.errors.NotFound);
    if (isThere && told instanceof Unread) throw told;
    return undefined;
  }
}

/** The file as it is now. */
export const fileSupplier: Supplier<FileSource> = {
  have: (_, { path }, options) =>
    supplied(path, (file) => unpacked(file, options)),
  cached: (_, { path }, { cache }) => cached(path, cache),
  wayOut: () => "",
};
