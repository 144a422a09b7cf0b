/**
 * What a run may leave on the machine: processes, parts of files, locks. A test takes stock before, and nothing may have come to it.
 *
 * @module
 */

/** Processes whose arguments or environment have `mark` in them, but this one. */
export function processes(mark: string): string[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    if (!/^\d+$/.test(name) || Number(name) === Deno.pid) return [];
    const words = ["cmdline", "environ"].map((file) =>
      text(`/proc/${name}/${file}`)
    );
    const isMarked = words.some((all) => all.includes(mark));
    return isMarked ? [`${name} ${words[0]?.replaceAll("\0", " ")}`] : [];
  });
}

/** Files below a folder that nobody has finished, and locks that somebody holds. */
export function unfinished(folder: string): string[] {
  return files(folder).filter((path) => /\.part$|\/\.part-[^/]*\//.test(path));
}

/** The paths of all files below a folder; none where there is no folder. */
export function files(folder: string): string[] {
  let entries: Deno.DirEntry[];
  try {
    entries = [...Deno.readDirSync(folder)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  return entries.flatMap(({ name, isDirectory }) =>
    isDirectory ? files(`${folder}/${name}`) : [`${folder}/${name}`]
  ).sort();
}

/** What open files this process has, by what they are. */
export function descriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

function text(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return ""; // It ended meanwhile.
  }
}
