/**
 * Texts that are compared with what lies in golden/.
 *
 * Set RINGSIDE_GOLDEN=write to write those files anew, and read the difference.
 *
 * @module
 */
import assert from "node:assert/strict";

/** Asserts that a text is what lies in golden/ by this name. */
export function golden(name: string, text: string): void {
  const path = new URL(`golden/${name}`, import.meta.url);
  if (Deno.env.get("RINGSIDE_GOLDEN") === "write") {
    Deno.writeTextFileSync(path, text);
  }
  assert.equal(text, Deno.readTextFileSync(path));
}
