/**
 * Files that are made once and kept: either whole or not there, whoever else makes them now.
 *
 * @module
 */

/** Makes the file at a path. */
export type Make = (path: string) => Promise<void>;

/** The file at `path`, made by `make` as {@linkcode replace} does if it is not there. */
export async function place(path: string, make: Make): Promise<string> {
  return await touch(path) ? path : await replace(path, make);
}

/**
 * The file at `path`, made by `make` whatever is there. It is made under another name and then
 * renamed: a run that is killed leaves no half file, and two runs at once do not disturb each other.
 */
export async function replace(path: string, make: Make): Promise<string> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  const part = `${path}.${crypto.randomUUID()}.part`;
  try {
    await make(part);
    await Deno.rename(part, path);
  } catch (error) {
    await Deno.remove(part).catch(() => {});
    throw isFull(error) ? full(path) : error;
  }
  return path;
}

function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOSPC";
}

function full(path: string): Error {
  return new Error(
    `Cannot write to the cache ${path}: No space left on device; ` +
      "make room, or name another cache in XDG_CACHE_HOME",
  );
}

/** Marks the file as used now, so that {@linkcode prune} keeps it; false when it is not there. */
async function touch(path: string): Promise<boolean> {
  try {
    const now = new Date();
    await Deno.utime(path, now, now);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    // Another user's cache, or a read-only one: it is there, which is enough.
    return true;
  }
}

/**
 * Removes all files of `folder` but the `keep` last used ones and those used within `graceMs`:
 * another run may be about to boot one of these.
 */
export async function prune(
  folder: string,
  keep: number,
  graceMs: number,
): Promise<void> {
  const files = await filesIn(folder);
  const old = files.slice(keep).filter(({ used }) =>
    used < Date.now() - graceMs
  );
  await Promise.all(
    old.map(({ name }) => Deno.remove(`${folder}/${name}`).catch(() => {})),
  );
}

/** Nothing where what was asked for is not there: other runs rename and remove what is in a cache. */
export async function unlessGone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The names in a folder, sorted; none where there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
  const entries = await unlessGone(Array.fromAsync(Deno.readDir(folder)));
  return entries?.map(({ name }) => name).sort() ?? [];
}

/** The files of a folder, the one used last first. */
export async function filesIn(
  folder: string,
): Promise<{ name: string; used: number }[]> {
  const found = [];
  for (const name of await namesIn(folder)) {
    const stat = await Deno.stat(`${folder}/${name}`).catch(() => undefined);
    if (stat?.isFile) found.push({ name, used: stat.mtime?.getTime() ?? 0 });
  }
  return found.sort((a, b) => b.used - a.used);
}

/** The JSON at `path`; nothing when it is missing or broken, as a cache may be. */
export async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

/** Replaces the JSON at `path` as a whole. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  const part = `${path}.${crypto.randomUUID()}.part`;
  await Deno.writeTextFile(part, JSON.stringify(value, null, 2) + "\n");
  await Deno.rename(part, path);
}
