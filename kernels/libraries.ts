/**
 * Which shared libraries a binary of the host needs, asked of the host's own loader.
 *
 * @module
 */
import { findExecutable, output } from "./executable.ts";

/**
 * The host paths of every shared library (the loader itself among them) that `binaries` need,
 * each once and sorted. They are the paths by which the loader found them: kept in the guest, its
 * loader finds them there too, without an ld.so.cache.
 *
 * @throws {Error} when a binary's library is missing on the host.
 */
export async function dependencies(
  binaries: readonly string[],
): Promise<string[]> {
  const ldd = findExecutable("ldd");
  if (!ldd) {
    throw new Error(
      "Cannot list shared libraries: ldd is not installed (package libc-bin)",
    );
  }
  const lists = await Promise.all(binaries.map(async (binary) => {
    await Deno.stat(binary).catch((error) => {
      throw new Error(`Cannot take ${binary} into the guest: ${error.message}`);
    });
    const { stdout, stderr } = await output(ldd, [binary]);
    return parseLdd(binary, stdout + stderr);
  }));
  return [...new Set(lists.flat())].sort();
}

/**
 * The paths in ldd's answer. A static binary has none.
 *
 * @throws {Error} naming the library that the host lacks.
 */
export function parseLdd(binary: string, text: string): string[] {
  return text.split("\n").flatMap((line) => {
    const missing = /^\s*(\S+) => not found/.exec(line)?.[1];
    if (missing) {
      throw new Error(
        `Cannot take ${binary} into the guest: this machine lacks its ${missing}`,
      );
    }
    // "name => /path (0x…)", or "/path (0x…)" for the loader; the vDSO has no path.
    const path = /(?:=>\s+|^\s+)(\/\S+) \(0x/.exec(line)?.[1];
    return path ? [path] : [];
  });
}
