/**
 * The cache as a place to trust: what is in it is booted, and what guests run
 * is packed from it.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { namesIn, unlessGone } from "./cached.ts";
import { cacheFolder } from "./folders.ts";
import { systemWords } from "./system_words.ts";

/** The folders that are there from the first run. */
const folders = [
  ...["", "kernels", "init", "initramfs", "initramfs/base", "sums"],
  ...["initramfs/programs", "machines", "userland", "vagrant"],
];

const byOthers = 0o022;
const byAll = 0o002;
/** A folder keeps what is in it for those who put it there, whoever else can write to it. */
const sticky = 0o1000;
const elsewhere = "name another in XDG_CACHE_HOME";

/**
 * The user's cache, made if it is not there. What this process and its children
 * make from here on is for this user alone to write, whatever umask they came
 * with: some systems let a group write by default.
 *
 * @throws {Error} when it cannot be written to, or anything in it, or behind a link in it, is
 * another user's or for others to write.
 */
export async function openCache(): Promise<string> {
  const folder = cacheFolder();
  const probe = `${folder}/probe.${crypto.randomUUID()}`;
  Deno.umask(Deno.umask() | byOthers);
  let at = folder;
  try {
    for (const name of folders) {
      at = join(folder, name);
      await Deno.mkdir(at, { recursive: true });
    }
    at = folder;
    await Deno.writeTextFile(probe, "");
    await Deno.remove(probe);
  } catch (error) {
    throw new Error(
      `Cannot write to the cache ${at}: ${systemWords(error)}; ${elsewhere}`,
    );
  }
  await checkTree(await Deno.realPath(folder), new Set());
  return folder;
}

/** Checks what is at a real path, once, and that nobody can put another in its place. */
async function checkTree(tree: string, seen: Set<string>): Promise<void> {
  if (seen.has(tree)) return;
  seen.add(tree);
  for (let at = dirname(tree);; at = dirname(at)) {
    const { mode } = await Deno.stat(at);
    if (((mode ?? 0) & (byAll | sticky)) === byAll) {
      throw untrusted(
        tree,
        `everybody can write to ${at}, and put another in its place`,
        `take that from them (chmod o-w ${at})`,
      );
    }
    if (at === dirname(at)) break;
  }
  await check(tree, tree, seen);
}

/** Only this user, or root, may have what is in a tree, or write to it; what its links lead to is checked as it is. */
async function check(
  path: string,
  tree: string,
  seen: Set<string>,
): Promise<void> {
  const stat = await seeing(path, Deno.lstat(path));
  if (stat === undefined) return;
  if (stat.isSymlink) {
    const end = await seeing(path, Deno.realPath(path));
    return end === undefined ? undefined : await checkTree(end, seen);
  }
  if (stat.uid !== 0 && stat.uid !== Deno.uid()) {
    throw untrusted(path, `it is user ${stat.uid}'s`, "remove it");
  }
  if (((stat.mode ?? 0) & byOthers) !== 0) {
    const way = `take that from them (chmod -R go-w ${tree})`;
    throw untrusted(path, "others can write to it", way);
  }
  if (!stat.isDirectory) return;
  const names = await seeing(path, namesIn(path)) ?? [];
  for (const name of names) await check(`${path}/${name}`, tree, seen);
}

function untrusted(path: string, why: string, way: string): Error {
  return new Error(
    `Cannot trust the cache ${path}: ${why}; ${way} or ${elsewhere}`,
  );
}

/** What the system tells of a path; nothing where it is gone. */
async function seeing<T>(
  path: string,
  asked: Promise<T>,
): Promise<T | undefined> {
  try {
    return await unlessGone(asked);
  } catch (error) {
    throw new Error(
      `Cannot look at the cache ${path}: ${
        systemWords(error)
      }; remove it or ${elsewhere}`,
    );
  }
}
