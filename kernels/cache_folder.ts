/**
 * The cache as a place to trust: what is in it is booted, and what guests run
 * is packed from it.
 *
 * @module
 */
import { namesIn, unlessGone } from "./cached.ts";
import { cacheFolder } from "./folders.ts";

/** The folders that are there from the first run. */
const folders = [
  ...["", "kernels", "init", "initramfs", "initramfs/base", "sums"],
  ...["initramfs/programs", "machines", "userland", "vagrant"],
];

const byOthers = 0o022;
const elsewhere = "name another in XDG_CACHE_HOME";

/**
 * The user's cache, made if it is not there. What this process and its children
 * make from here on is for this user alone to write, whatever umask they came
 * with: some systems let a group write by default.
 *
 * @throws {Error} when it cannot be written to, or others can write to anything in it.
 */
export async function openCache(): Promise<string> {
  const folder = cacheFolder();
  const probe = `${folder}/probe.${crypto.randomUUID()}`;
  Deno.umask(Deno.umask() | byOthers);
  try {
    for (const name of folders) {
      await Deno.mkdir(`${folder}/${name}`, { recursive: true });
    }
    await Deno.writeTextFile(probe, "");
    await Deno.remove(probe);
  } catch (error) {
    throw new Error(
      `Cannot write to the cache ${folder}: ${cause(error)}; ${elsewhere}`,
    );
  }
  await check(await Deno.realPath(folder));
  return folder;
}
/**
 * Only this user, or root, may write to a folder and to what is in it. A file
 * may be another's: libvirt gives an image to the user that its QEMU runs as.
 */
async function check(path: string): Promise<void> {
  const stat = await unlessGone(Deno.lstat(path));
  if (stat === undefined || stat.isSymlink) return;
  const untrusted = `Cannot trust the cache ${path}`;
  const isMine = stat.uid === 0 || stat.uid === Deno.uid();
  if (stat.isDirectory && !isMine) {
    throw new Error(`${untrusted}: it is user ${stat.uid}'s; ${elsewhere}`);
  }
  if (((stat.mode ?? 0) & byOthers) !== 0) {
    throw new Error(
      `${untrusted}: others can write to it; take that from them ` +
        `(chmod -R go-w ${path}) or ${elsewhere}`,
    );
  }
  if (!stat.isDirectory) return;
  for (const name of await namesIn(path)) await check(`${path}/${name}`);
}

/** The system's words without Deno's: "Read-only file system". */
function cause(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split(" (os error")[0] ?? text;
}
