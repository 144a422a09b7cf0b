/**
 * Writes reports to files: checked before a run, so that its results cannot be
 * lost to a typing error, and written whole or not at all.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "../../kernels/usage_error.ts";

/**
 * Checks that a report can be written to a path.
 *
 * @throws {UsageError} saying why not.
 */
export async function checkTarget(path: string): Promise<void> {
  const what = `Cannot write a report to "${path}"`;
  const state = await Deno.stat(path).catch(() => undefined);
  if (state?.isDirectory) {
    throw new UsageError(`${what}: it is a folder; name a file in it`);
  }
  const part = partOf(path);
  try {
    await Deno.writeTextFile(part, "");
    await Deno.remove(part);
  } catch (error) {
    throw new UsageError(
      `${what}: ${
        cause(error, path)
      }; name a file in a folder that you may write to`,
    );
  }
}

/**
 * Writes a file so that whoever reads it sees the old one or the new one, never half of one.
 *
 * @throws {Error} naming the file and the cause, and then nothing of it is left.
 */
export async function writeWhole(
  path: string,
  text: string | Promise<string>,
): Promise<void> {
  const part = partOf(path);
  try {
    await Deno.writeTextFile(part, await text);
    await Deno.rename(part, path);
  } catch (error) {
    await Deno.remove(part).catch(() => {});
    throw new Error(
      `Cannot write a report to "${path}": ${cause(error, path)}`,
    );
  }
}

/** Rename is atomic within a file system only, so the part lies beside the whole. */
function partOf(path: string): string {
  return `${path}.part-${Deno.pid}`;
}

function cause(error: unknown, path: string): string {
  if (error instanceof Deno.errors.NotFound) {
    // Some file systems of the kernel's own, /proc for one, say the same of a file that nobody can make.
    const isThere = existsSync(dirname(path));
    return isThere ? "its folder takes no file" : "its folder does not exist";
  }
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  const text = error instanceof Error ? error.message : String(error);
  return text.split(" (os error")[0] ?? text;
}
