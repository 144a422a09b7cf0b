/**
 * Whether there is a file.
 *
 * @module
 */

/** Whether a path, or what its link leads to, is a file; one that nobody may look at is none. */
export async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((stat) => stat.isFile, () => false);
}
