/**
 * Folders for what a program of the host is given, or writes: gone with their block, or when another
 * begins after a run that was killed.
 *
 * @module
 */
import { MissingTool } from "./unpack.ts";
import { openWorkshop, type Workshop } from "./workshop.ts";

const byOthers = 0o022;

/** There is no such folder to be had; as with a tool that is missing no other archive would help. */
export class NoPlace extends MissingTool {}

/**
 * Opens one below this user's folder in `base`: that in TMPDIR, or in /var/tmp, which holds more than
 * a /tmp in memory.
 *
 * @throws {NoPlace} when there is none, or others could put something of theirs into it.
 */
export async function openTemporary(
  base: string = Deno.env.get("TMPDIR") || "/var/tmp",
): Promise<Workshop> {
  return await openWorkshop(await ownFolder(base));
}

/** This user's folder where everybody may have one: whoever was first may not be this user. */
async function ownFolder(base: string): Promise<string> {
  const path = `${base.replace(/\/+$/, "")}/ringside-${Deno.uid()}`;
  await Deno.mkdir(path, { mode: 0o700 }).catch((error) => {
    if (error instanceof Deno.errors.AlreadyExists) return;
    const [why] = error.message.split(" (os error");
    throw new NoPlace(
      `Cannot work in ${path}: ${why}; let your user make it, or name another place than ${base} in TMPDIR`,
    );
  });
  const { isDirectory, uid, mode } = await Deno.lstat(path);
  const isOwn = isDirectory && uid === Deno.uid();
  if (isOwn && ((mode ?? 0) & byOthers) === 0) return path;
  throw new NoPlace(
    `Cannot work in ${path}: it is not this user's alone; remove it, and it is made anew`,
  );
}
