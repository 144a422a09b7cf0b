/**
 * The cache as a place to trust: what is in it is booted, and what guests run
 * is packed from it.
 *
 * @module
 */
import { cacheFolder } from "./folders.ts";

/** What others could put something of theirs into: the folder, and those in it. */
const below = [
  ...["", "kernels", "init", "initramfs", "initramfs/base", "sums"],
  ...["initramfs/programs", "machines", "userland", "vagrant"],
];

/** Whatever umask this user has: some systems let a group write by default. */
const mode = 0o755;

const byOthers = 0o022;
const elsewhere = "name another in XDG_CACHE_HOME";

/**
 * The user's cache, made if it is not there.
 *
 * @throws {Error} when it cannot be written to, or others can.
 */
export async function openCache(): Promise<string> {
  const folder = cacheFolder();
  const probe = `${folder}/probe.${crypto.randomUUID()}`;
  try {
    for (const name of below) {
      await Deno.mkdir(`${folder}/${name}`, { recursive: true, mode });
    }
    await Deno.writeTextFile(probe, "");
    await Deno.remove(probe);
  } catch (error) {
    throw new Error(
      `Cannot write to the cache ${folder}: ${cause(error)}; ${elsewhere}`,
    );
  }
  for (const name of below) checkOwner(name ? `${folder}/${name}` : folder);
  return folder;
}

/** Only this user, or root, may write to a folder. */
function checkOwner(path: string): void {
  const stat = lookAt(path);
  if (stat === undefined) return;
  const untrusted = `Cannot trust the cache ${path}`;
  if (stat.uid !== 0 && stat.uid !== Deno.uid()) {
    throw new Error(`${untrusted}: it is user ${stat.uid}'s; ${elsewhere}`);
  }
  if (((stat.mode ?? 0) & byOthers) !== 0) {
    throw new Error(
      `${untrusted}: others can write to it; take that from them ` +
        `(chmod go-w ${path}) or ${elsewhere}`,
    );
  }
}

function lookAt(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The system's words without Deno's: "Read-only file system". */
function cause(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split(" (os error")[0] ?? text;
}
