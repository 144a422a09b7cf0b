/**
 * Small files that parsers take: what other inputs are made of.
 *
 * @module
 */

import type { Input } from "./target.ts";

/** The inputs that a target begins with. */
export function seedsOf(name: string): Input[] {
  const folder = new URL(`seeds/${name}/`, import.meta.url);
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort()
      .map((name) => Deno.readFileSync(new URL(name, folder)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
