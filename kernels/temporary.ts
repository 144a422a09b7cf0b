/**
 * Folders for what a program of the host is given, or writes: gone with their block, or when another
 * begins after a run that was killed.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { Lacking } from "./kernel.ts";
import { systemWords } from "./system_words.ts";
import { openWorkshop, type Workshop } from "./workshop.ts";

const byOthers = 0o022;

/** Thrown where there is no such folder to be had. */
export class NoPlace extends Lacking {}

const defaultBase = "/var/tmp";

/**
 * A unix socket's path ends at 108 bytes, for QEMU as for the kernel: what is left of them where a
 * base ends, with 20 for this user's folder, 23 for one in it and 8 for a name.
 */
const deepestForSockets = 56;

/**
 * Opens one below this user's folder in `base`; without one in TMPDIR, or in /var/tmp, which holds
 * more than a /tmp in memory.
 *
 * @throws {NoPlace} when there is none, or others could put something of theirs into it.
 */
export function openTemporary(base?: string): Promise<Workshop> {
  return base === undefined ? openIn(ownBase(), [another]) : openIn(base, []);
}

/** Opens one for unix sockets, names of up to 7 letters: in /var/tmp where TMPDIR is too deep for them. */
export function openForSockets(): Promise<Workshop> {
  const base = ownBase();
  const { length } = new TextEncoder().encode(base);
  return openIn(length > deepestForSockets ? defaultBase : base, [another]);
}

const another = "name another place in TMPDIR";

function ownBase(): string {
  return resolve(Deno.env.get("TMPDIR") || defaultBase);
}

async function openIn(
  base: string,
  ways: readonly string[],
): Promise<Workshop> {
  const path = join(resolve(base), `ringside-${Deno.uid()}`);
  try {
    await Deno.mkdir(path, { mode: 0o700 })
      .catch(unlessThere);
    await checkOwn(path, ways);
    return await openWorkshop(path);
  } catch (error) {
    if (!isSystems(error)) throw error;
    throw noPlace(path, systemWords(error), [
      "see to it that your user can write there",
      ...ways,
    ]);
  }
}

function unlessThere(error: unknown): void {
  if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
}

/** Whether the system said it, and not this program. */
function isSystems(error: unknown): error is Error {
  return error instanceof Error && "code" in error;
}

/** Where everybody may have a folder, whoever was first may not be this user. */
async function checkOwn(path: string, ways: readonly string[]): Promise<void> {
  const { isDirectory, uid, mode } = await Deno.lstat(path);
  if (uid !== Deno.uid()) {
    throw noPlace(path, "it is another user's", [
      "have it removed",
      ...ways,
    ]);
  }
  if (isDirectory && ((mode ?? 0) & byOthers) === 0) return;
  throw noPlace(path, "it is no folder of this user's alone", [
    "remove it, and it is made anew",
  ]);
}

function noPlace(path: string, why: string, ways: readonly string[]): NoPlace {
  return new NoPlace(`Cannot work in ${path}: ${why}; ${ways.join(", or ")}`);
}
