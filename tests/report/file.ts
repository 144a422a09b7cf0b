/**
 * Writes reports to files: checked before a run, so that its results cannot be
 * lost to a typing error, and written whole or not at all. A link stays, and
 * what it leads to is written.
 *
 * @module
 */
import { basename, dirname, isAbsolute } from "node:path";
import { systemWords } from "../../kernels/system_words.ts";
import { UsageError } from "../../kernels/usage_error.ts";
import { writeOut } from "../streams.ts";
import { writeWhole as writeTo } from "../../kernels/terminal.ts";

/** Where a path leads: to a file that is replaced, or to what takes the text as it comes. */
export type Place =
  | { readonly is: "file"; readonly path: string }
  | { readonly is: "device"; readonly path: string }
  | { readonly is: "stream"; readonly write: (text: string) => void };

const toStderr = (text: string): void => writeTo(Deno.stderr, text);

/** This process's own streams: opened by their names they would be begun anew, or never open. */
const streams: Readonly<Record<string, (text: string) => void>> = {
  "/dev/stdout": writeOut,
  "/dev/fd/1": writeOut,
  "/proc/self/fd/1": writeOut,
  "/dev/stderr": toStderr,
  "/dev/fd/2": toStderr,
  "/proc/self/fd/2": toStderr,
};

/**
 * Checks that a report can be written to a path, and says where that is.
 *
 * @throws {UsageError} saying why not.
 */
export async function checkTarget(path: string): Promise<Place> {
  try {
    const place = await placeOf(path);
    if (place.is === "file") {
      const part = partOf(place.path);
      await Deno.writeTextFile(part, "");
      await Deno.remove(part);
    }
    return place;
  } catch (error) {
    const way = error instanceof UsageError
      ? ""
      : "; name a file in a folder that you may write to";
    throw new UsageError(
      `Cannot write a report to "${path}": ${cause(error)}${way}`,
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
  try {
    const made = await text; // at once: a promise that fails must not wait for somebody to hear it
    await put(await placeOf(path), made);
  } catch (error) {
    throw new Error(`Cannot write a report to "${path}": ${cause(error)}`);
  }
}

async function put(place: Place, text: string): Promise<void> {
  if (place.is === "stream") return place.write(text);
  const { is, path } = place;
  if (is === "device") {
    return await Deno.writeTextFile(path, text, {
      append: true,
      create: false,
    });
  }
  const part = partOf(path);
  try {
    await Deno.writeTextFile(part, text);
    await Deno.rename(part, path);
  } catch (error) {
    await Deno.remove(part).catch(() => {});
    throw error;
  }
}

/** Where a path leads, behind all links; the file itself need not be there. */
async function placeOf(path: string): Promise<Place> {
  const write = Object.hasOwn(streams, path) ? streams[path] : undefined;
  if (write !== undefined) return { is: "stream", write };
  if (path === "" || path.endsWith("/")) {
    throw new UsageError("it names no file; name one");
  }
  const state = await Deno.stat(path).catch(unlessMissing);
  if (state?.isDirectory) {
    throw new UsageError("it is a folder; name a file in it");
  }
  if (state?.isCharDevice) return { is: "device", path };
  if (state?.isFile === false) {
    // Nobody may ever read a pipe, and a disk would be lost.
    throw new UsageError(
      "it is a pipe, a socket or a disk; name a file, or /dev/stdout",
    );
  }
  const link = await Deno.readLink(path).catch(() => undefined);
  if (link !== undefined) {
    return await placeOf(isAbsolute(link) ? link : `${dirname(path)}/${link}`);
  }
  const folder = await Deno.realPath(dirname(path)).catch(unlessMissing);
  if (folder === undefined) throw new Error("its folder does not exist");
  return { is: "file", path: `${folder}/${basename(path)}` };
}

function unlessMissing(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

/** Rename is atomic within a file system only, so the part lies beside the whole. */
function partOf(path: string): string {
  return `${path}.part-${Deno.pid}`;
}

function cause(error: unknown): string {
  // Some file systems of the kernel's own, /proc for one, say so of a file that nobody can make.
  if (error instanceof Deno.errors.NotFound) return "its folder takes no file";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.FilesystemLoop) {
    return "its links lead in a circle";
  }
  return systemWords(error);
}
