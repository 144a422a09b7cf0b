/**
 * Makes one JavaScript module of a TypeScript program: the guest has no network and no cache to
 * import from, and an emulated processor should not compile TypeScript.
 *
 * @module
 */
import { basename } from "node:path";
import { output } from "./executable.ts";
import type { GuestFiles } from "./payload.ts";
import { openTemporary } from "./temporary.ts";

/** How the host resolves the program's imports. */
export interface BundleOptions {
  /** Host path of an import map. */
  readonly importMap?: string;
}

/** A program that no module can be made of: the fault is its own, or that of what it imports. */
export class NotBundled extends Error {
  override readonly name = "NotBundled";
}

/**
 * The module at its place in the guest, and beside it the map that makes a stack trace there name
 * the host's files. Inside the module the map would be three quarters of it, and an emulated
 * processor would read it whole at each start (1.2 s); beside it, it is read when a trace is made.
 *
 * @param entry the host's path of the program.
 * @param at the guest's path of the module.
 * @throws {NotBundled} with the first lines of what `deno bundle` complains about.
 * @throws {Error} where the fault is not the program's: `deno bundle` was killed, or nobody answered it.
 */
export async function bundle(
  entry: string,
  at: string,
  options: BundleOptions = {},
): Promise<GuestFiles> {
  await using folder = await openTemporary();
  const out = `${folder.path}/${basename(at)}`;
  const { success, signal, stderr } = await output(Deno.execPath(), [
    ...["bundle", "--quiet", "--platform", "deno", "--sourcemap=linked"],
    ...(options.importMap ? [`--import-map=${options.importMap}`] : []),
    ...["--output", out, entry],
  ]);
  if (!success) throw failure(entry, signal, stderr);
  return {
    [at]: await Deno.readFile(out),
    [`${at}.map`]: await Deno.readFile(`${out}.map`),
  };
}

/** Deno says so of an address and of its own esbuild; of a package of npm or JSR it does not tell. */
const nobodyAnswered = /error sending request for url/;

/** Whose fault it is that there is no module. */
function failure(
  entry: string,
  signal: Deno.Signal | null,
  complaint: string,
): Error {
  const action = `Cannot bundle ${entry}`;
  if (signal !== null) {
    return new Error(`${action}: deno bundle was killed by ${signal}`);
  }
  const said = `${action}: ${firstLines(complaint)}`;
  return nobodyAnswered.test(complaint)
    ? new Error(`${said}; see whether that host can be reached from here`)
    : new NotBundled(said);
}

/** What is wrong and where; not the picture of the line, nor Deno's own backtrace. */
function firstLines(complaint: string): string {
  // deno-lint-ignore no-control-regex
  const plain = complaint.replace(/\x1b\[[0-9;]*m/g, "").replace(
    /^error: /,
    "",
  );
  const lines = plain.split("\n").map((line) => line.trim()).filter(Boolean);
  const place = lines.find((line) =>
    /^(?:at )?(?:file|https?):\S+:\d+/.test(line)
  );
  return [lines[0] ?? "deno bundle failed without a word", place].filter(
    Boolean,
  ).join(" ");
}
