/**
 * The kernel image in a package, whichever kind of package it is.
 *
 * @module
 */
import { bytesAt, bytesAtSync } from "./bytes_at.ts";
import type { Entry } from "./chunks.ts";
import { debEntries } from "./deb.ts";
import { Unavailable } from "./kernel.ts";
import { rpmEntries } from "./rpm.ts";

/** A bound on what an archive can make us write; images have 5 to 20 MB, configurations 0.3. */
const maxFile = 1 << 28;

/** Since Linux 7 Debian's packages hold the image beside the modules, as rpms long do. */
const imageName =
  /^(\.?\/)?(boot\/vmlinuz-[^/]+|(usr\/)?lib\/modules\/[^/]+\/vmlinuz)$/;
const configName =
  /^(\.?\/)?(boot\/config-[^/]+|(usr\/)?lib\/modules\/[^/]+\/config)$/;

type Format = (
  file: Deno.FsFile,
  signal?: AbortSignal,
) => AsyncGenerator<Entry>;

const formats: Readonly<Record<string, Format>> = {
  "!<ar": debEntries,
  "\xed\xab\xee\xdb": rpmEntries,
};

async function formatOf(file: Deno.FsFile): Promise<Format> {
  const magic = String.fromCharCode(...await bytesAt(file, 0, 4));
  const format = formats[magic];
  if (format === undefined) {
    throw new Error("It is neither a deb nor an rpm");
  }
  return format;
}

/** Whether the file at `path` begins as a package does. */
export function isPackage(path: string): boolean {
  using file = Deno.openSync(path);
  return String.fromCharCode(...bytesAtSync(file, 0, 4)) in formats;
}

/** Writes the image, and the configuration where it comes before; what follows is not read. */
async function write(
  entries: AsyncIterable<Entry>,
  folder: string,
): Promise<boolean> {
  for await (const { name, isFile, size, body } of entries) {
    const isImage = imageName.test(name);
    if (!isFile || !(isImage || configName.test(name))) continue;
    if (size > maxFile) throw new Error("Its image is too large");
    const to = `${folder}/${isImage ? "vmlinuz" : "config"}`;
    await Deno.writeFile(to, ReadableStream.from(body));
    if (isImage) return true;
  }
  return false;
}

/**
 * Unpacks the kernel image of the package at `path` to `vmlinuz` in `folder`,
 * and its configuration to `config` there, where the package has it. No name
 * in the package decides a path. Throws {@link Unavailable}, or the signal's reason.
 */
export async function unpackImage(
  path: string,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  using file = await Deno.open(path);
  try {
    const entries = await formatOf(file);
    if (await write(entries(file, signal), folder)) return;
    throw new Error("It holds no kernel image");
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof Unavailable) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new Unavailable(`Cannot unpack the kernel's package: ${why}`);
  }
}
