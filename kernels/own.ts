/**
 * The user's own kernels: every image in a folder of its own is a row.
 *
 * @module
 */
import { join } from "node:path";
import { namesIn } from "./cached.ts";
import { dataFolder } from "./folders.ts";
import { isFile } from "./is_file.ts";
import type { Image, Kernel } from "./kernel.ts";
import { systemWords } from "./system_words.ts";
import { UsageError } from "./usage_error.ts";
import { openWorkshop } from "./workshop.ts";

const names = ["bzImage", "vmlinuz", "vmlinux"];

async function ownKernel(
  folder: string,
  name: string,
): Promise<Kernel | undefined> {
  for (const file of names) {
    const path = join(folder, name, file);
    if (!await isFile(path)) continue;
    const source = { kind: "file", path } as const;
    return { id: `own-${name}`, label: `Own ${name}`, source, cmdline: [] };
  }
  return undefined;
}

/**
 * A row `own-NAME` for every `NAME/bzImage`, `vmlinuz` or `vmlinux` in
 * `$XDG_DATA_HOME/ringside/kernels`, by version. Whether it is a kernel is
 * asked when the row is provisioned, so that a bad one is shown and not skipped.
 */
export async function ownKernels(
  folder = join(dataFolder(), "kernels"),
): Promise<Kernel[]> {
  const byVersion = new Intl.Collator("en", { numeric: true }).compare;
  const all = await namesIn(folder).catch((error) => {
    throw new Error(
      `Cannot look for kernels of yours in ${folder}: ${systemWords(error)}; ` +
        "make it a folder that your user may read, or name another place in XDG_DATA_HOME",
    );
  });
  const named = all.filter((name) => !name.startsWith("."));
  const sorted = named.sort(byVersion);
  const found = await Promise.all(
    sorted.map((name) => ownKernel(folder, name)),
  );
  return found.filter((kernel) => kernel !== undefined);
}

/** What a kernel that is called `label` is kept by; one that begins with `own-` is the row itself. */
export function keptName(label: string): string {
  return label.replace(/^own-(?=\w)/, "");
}

/** Where the checksum of an image of one's own is, as sha256sum writes it. */
export function sumPath(path: string): string {
  return `${path}.sha256`;
}

/**
 * Keeps a copy of `image`, and of the configuration beside it, as the row
 * `own-LABEL`, where LABEL is what its row is called: {@linkcode keptName}.
 * Whole or not at all.
 * Throws {@link UsageError} where there is a kernel of that name.
 */
export async function addOwn(
  image: Image,
  folder = join(dataFolder(), "kernels"),
): Promise<Kernel> {
  const label = keptName(image.kernel.id);
  const place = join(folder, label);
  const taken = (): UsageError =>
    new UsageError(`There is a kernel own-${label}: remove ${place} first`);
  if (await Deno.stat(place).then(() => true, () => false)) throw taken();
  await using workshop = await openWorkshop(folder);
  const part = join(workshop.path, "kernel");
  await Deno.mkdir(part);
  const copy = join(part, "vmlinuz");
  await Deno.copyFile(image.path, copy);
  await Deno.writeTextFile(sumPath(copy), `${image.sha256}  vmlinuz\n`);
  if (image.config) await Deno.copyFile(image.config, join(part, "config"));
  await Deno.rename(part, place);
  const kernel = await ownKernel(folder, label);
  if (kernel === undefined) throw taken();
  return kernel;
}
