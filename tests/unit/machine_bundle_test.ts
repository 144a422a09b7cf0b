/**
 * A program becomes one module; what is wrong with it is said in one line.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { bundle } from "../../kernels/bundle.ts";

async function bundled(
  files: Record<string, string>,
  importMap?: string,
): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    const options = importMap ? { importMap: `${folder}/${importMap}` } : {};
    return new TextDecoder().decode(await bundle(`${folder}/main.ts`, options));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

describe("a bundle", () => {
  it("holds what it imports, without types, and names its sources", async () => {
    const text = await bundled({
      "main.ts":
        'import { one } from "./one.ts"; const n: number = one; postMessage(n);',
      "one.ts": "export const one: number = 4711;",
    });
    assert.match(text, /4711/);
    assert.doesNotMatch(text, /: number/);
    assert.match(text, /sourceMappingURL=data:/);
    assert.doesNotMatch(text, /^import /m);
  });

  it("follows the import map that it is given", async () => {
    const text = await bundled({
      "main.ts": 'import { one } from "@one"; postMessage(one);',
      "one.ts": "export const one = 4711;",
      "map.json": '{"imports":{"@one":"./one.ts"}}',
    }, "map.json");
    assert.match(text, /4711/);
  });

  it("says what is wrong, and where, in one line", async () => {
    for (
      const [main, said] of [
        [
          'import "./gone.ts";',
          /Module not found .*gone\.ts.* at .*main\.ts:1:8$/,
        ],
        ["let x:=1;", /SyntaxError.*main\.ts:1/],
      ] as const
    ) {
      await assert.rejects(bundled({ "main.ts": main }), (error: Error) => {
        assert.match(error.message, /^Cannot bundle .*main\.ts: /);
        assert.match(error.message, said);
        assert.doesNotMatch(error.message, /\n|backtrace/);
        return true;
      });
    }
    await assert.rejects(
      bundle("/gone/main.ts"),
      /Cannot bundle \/gone\/main\.ts: /,
    );
  });
});
