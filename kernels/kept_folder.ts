/**
 * A folder of files in the cache that is either whole, as it was made, or not there.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { readJson, writeJson } from "./cached.ts";
import { digestOf, FileDigests } from "./digest.ts";
import { openWorkshop } from "./workshop.ts";

const sumsName = "sums.json";

async function isWhole(folder: string): Promise<boolean> {
  const sums = await readJson<Record<string, string>>(join(folder, sumsName));
  if (sums === undefined) return false;
  // As long as the files look the same, large ones are not read at each start.
  await using digests = await FileDigests.open(`${folder}.looks.json`);
  const rows = await Promise.all(
    Object.entries(sums).map(async ([name, sum]) =>
      await digests.of(join(folder, name)).catch(() => "") === sum
    ),
  );
  return rows.every(Boolean);
}

/** How often others may come in between. */
const mostTries = 5;

/**
 * Takes the place of `folder`, by renaming, unless another run has put the same
 * there meanwhile. Only what is damaged is moved out of the way.
 */
async function putInPlace(part: string, folder: string): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      return await Deno.rename(part, folder);
    } catch (error) {
      if (await isWhole(folder)) return;
      if (tries === mostTries) throw error;
    }
    // It goes with the workshop; or another run was first.
    await Deno.rename(folder, `${part}.${tries}.old`).catch(() => {});
  }
}

/**
 * The folder at `path`, made by `make` if it is not there or what is in it was damaged since. It is
 * made in a workshop beside it, with a sum of each file, and then renamed.
 */
export async function keptFolder(
  path: string,
  make: (part: string) => Promise<void>,
): Promise<string> {
  if (await isWhole(path)) return path;
  await using workshop = await openWorkshop(dirname(path));
  const part = join(workshop.path, "folder");
  await Deno.mkdir(part);
  await make(part);
  const names = Array.from(Deno.readDirSync(part), ({ name }) => name);
  const sums = await Promise.all(
    names.map(async (name) => [name, await digestOf(join(part, name))]),
  );
  await writeJson(join(part, sumsName), Object.fromEntries(sums));
  await putInPlace(part, path);
  return path;
}
