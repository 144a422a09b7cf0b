/**
 * Makes one JavaScript module of a TypeScript program: the guest has no network and no cache to
 * import from, and an emulated processor should not compile TypeScript.
 *
 * @module
 */
import { output } from "./executable.ts";

/** How the host resolves the program's imports. */
export interface BundleOptions {
  /** Host path of an import map. */
  readonly importMap?: string;
  /** Leaves out what only people read, the source map too: a tenth of the size, and of the time to load it. */
  readonly bare?: boolean;
}

/**
 * The module, with its source map inside, unless it is bare, so that a stack trace in the guest
 * names the host's files.
 *
 * @throws {Error} with the first lines of what `deno bundle` complains about.
 */
export async function bundle(
  entry: string,
  options: BundleOptions = {},
): Promise<Uint8Array> {
  const folder = await Deno.makeTempDir({ prefix: "ringside-bundle-" });
  try {
    const out = `${folder}/guest.js`;
    const { success, stderr } = await output(Deno.execPath(), [
      ...["bundle", "--quiet", "--platform", "deno"],
      options.bare ? "--minify" : "--sourcemap=inline",
      ...(options.importMap ? [`--import-map=${options.importMap}`] : []),
      ...["--output", out, entry],
    ]);
    if (!success) {
      throw new Error(`Cannot bundle ${entry}: ${firstLines(stderr)}`);
    }
    return await Deno.readFile(out);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
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
