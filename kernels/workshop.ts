/**
 * Folders for work that is not done yet: gone when it is, or when another begins after a run that
 * was killed.
 *
 * @module
 */
import { join } from "node:path";
import { unlessGone } from "./cached.ts";

/** A folder that is gone at the end of its block, or before: disposed twice, it is gone once. */
export interface Workshop extends AsyncDisposable {
  readonly path: string;
}

/** No row of the user's own begins like this. */
const prefix = ".part-";
const exclusive = true;
/** Between its making and its locking a folder is nobody's. */
const graceMs = 10_000;

/** Opens one in `folder`, where what is done can be renamed to; what killed runs left there is removed. */
export async function openWorkshop(folder: string): Promise<Workshop> {
  await Deno.mkdir(folder, { recursive: true });
  await sweep(folder);
  const path = await Deno.makeTempDir({ dir: folder, prefix });
  await using open = new AsyncDisposableStack();
  // Closed last: whoever has the lock removes the folder.
  const lock = open.use(await Deno.create(join(path, "lock")));
  open.defer(() => unlessGone(Deno.remove(path, { recursive: true })));
  await lock.lock(exclusive); // The system takes it back when this process ends, however it ends.
  return Object.assign(open.move(), { path });
}

async function sweep(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (!name.startsWith(prefix) || !await isAbandoned(path)) continue;
    await Deno.remove(path, { recursive: true }).catch(() => {});
  }
}

/** Whether the run that made the folder is gone. */
async function isAbandoned(path: string): Promise<boolean> {
  try {
    const { mtime } = await Deno.stat(path);
    if (Date.now() - (mtime?.getTime() ?? 0) < graceMs) return false;
    using lock = await Deno.open(join(path, "lock"), {
      write: true,
      create: true,
    });
    return await lock.tryLock(exclusive);
  } catch {
    return false; // Somebody else removes it now.
  }
}
