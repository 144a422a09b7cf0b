/**
 * What Deno finds out about a module before it runs it: which others it imports. It parses the
 * whole module for that, with a parser of its own beside V8's, 0.8 s of an emulated start, and
 * remembers it in its folder. So it is done on the host, by the same Deno, and travels along.
 *
 * The memory is Deno's private affair. Should a Deno keep it in another way, nothing travels, and
 * the guest parses by itself.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { output } from "./executable.ts";
import type { GuestFiles } from "./payload.ts";
import { openTemporary } from "./temporary.ts";

/** A database of SQLite, with the modules' URLs in one column. */
const MEMORY = "dep_analysis_cache_v2";

/**
 * The file, at its place below the guest's DENO_DIR `folder`, that spares the guest the parsing of
 * all modules among `files` that are not on the host.
 */
export async function analysed(
  files: GuestFiles,
  folder: string,
): Promise<GuestFiles> {
  const modules = Object.entries(files).filter((
    file,
  ): file is [string, Uint8Array] =>
    file[0].endsWith(".js") && file[1] instanceof Uint8Array
  );
  await using temporary = await openTemporary();
  const host = temporary.path;
  try {
    for (const [at, text] of modules) {
      const path = `${host}/guest${at}`;
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), {
        recursive: true,
      });
      await Deno.writeFile(path, text);
      await analyse(path, `${host}/deno`);
    }
    moveUrls(`${host}/deno/${MEMORY}`, pathToFileURL(`${host}/guest`).href);
    return {
      [`${folder}/${MEMORY}`]: await Deno.readFile(`${host}/deno/${MEMORY}`),
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || isSqlite(error)) return {};
    throw error;
  }
}

/** A module that Deno cannot analyse here it cannot run there: it will say so itself. */
async function analyse(path: string, folder: string): Promise<void> {
  const options = ["--no-config", "--no-lock", "--no-remote", "--no-npm"];
  const args = ["info", "--json", ...options, path];
  await output(Deno.execPath(), args, { DENO_DIR: folder });
}

/** Has the memory know the modules by their URLs in the guest. */
function moveUrls(path: string, prefix: string): void {
  Deno.statSync(path); // what is not there is not to be made
  const memory = new DatabaseSync(path);
  try {
    memory.prepare(
      "update moduleinfocache set specifier = 'file://' || substr(specifier, ?) " +
        "where substr(specifier, 1, ?) = ?",
    ).run(prefix.length + 1, prefix.length, prefix);
    // The same modules give the same bytes, whatever the folder was called.
    memory.exec("vacuum");
  } finally {
    memory.close();
  }
}

function isSqlite(error: unknown): boolean {
  return error instanceof Error && "code" in error &&
    error.code === "ERR_SQLITE_ERROR";
}
