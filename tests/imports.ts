/**
 * How this process resolves its imports, for the programs that it starts or bundles: with the import
 * map that stands in for JSR, where tests/packages.ts found that JSR does not answer.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BundleOptions } from "../kernels/bundle.ts";

const project = fileURLToPath(new URL("..", import.meta.url));

/** How a program of the project, or of a copy of it, is bundled to resolve them alike. */
export function hostImports(tree = project): BundleOptions {
  const isOffline = import.meta.resolve("@std/testing/bdd") === "node:test";
  return isOffline ? { importMap: join(tree, "deno.offline.json") } : {};
}

/** The same as arguments of Deno. */
export function importArguments(tree = project): string[] {
  const { importMap } = hostImports(tree);
  return importMap === undefined ? [] : [`--import-map=${importMap}`];
}
