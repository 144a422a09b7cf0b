/**
 * How a child of this process resolves its imports: as this process does.
 *
 * @module
 */

/** The arguments of Deno that make a tree's programs resolve their imports as this one does. */
export function hostImports(tree: string): string[] {
  const offline = import.meta.resolve("@std/testing/bdd") === "node:test";
  return offline ? [`--import-map=${tree}deno.offline.json`] : [];
}
