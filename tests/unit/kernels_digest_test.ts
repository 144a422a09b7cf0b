/**
 * Contents by their sums.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { readJson } from "../../kernels/cached.ts";
import { FileDigests, sha256 } from "../../kernels/digest.ts";

describe("a file's digest", () => {
  it("is remembered while the file looks the same, and made anew when it changes", async () => {
    const folder = await Deno.makeTempDir();
    try {
      const [path, memory] = [`${folder}/file`, `${folder}/digests.json`];
      await Deno.writeTextFile(path, "one");
      for (const text of ["one", "three", "three"]) {
        if (await Deno.readTextFile(path) !== text) {
          await Deno.writeTextFile(path, text);
        }
        await using digests = await FileDigests.open(memory);
        assert.equal(await digests.of(path), await sha256(text));
      }
      const known = await readJson<Record<string, string>>(memory) ?? {};
      assert.deepEqual(
        Object.values(known),
        [await sha256("three")],
        "what is gone is forgotten",
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});
