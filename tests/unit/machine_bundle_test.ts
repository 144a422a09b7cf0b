/**
 * A program becomes one module; what is wrong with it is said in one line.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { DatabaseSync } from "node:sqlite";
import { analysed } from "../../kernels/analysis.ts";
import { bundle } from "../../kernels/bundle.ts";
import { programErrand } from "../program_errand.ts";
import { kernel } from "./fake_machines.ts";

async function bundled(
  files: Record<string, string>,
  importMap?: string,
): Promise<{ module: string; map: string }> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    const options = importMap ? { importMap: `${folder}/${importMap}` } : {};
    const made = await bundle(`${folder}/main.ts`, "/at/x.js", options);
    const text = (name: string): string => {
      const content = made[name];
      assert.ok(content instanceof Uint8Array);
      return new TextDecoder().decode(content);
    };
    return { module: text("/at/x.js"), map: text("/at/x.js.map") };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

describe("a bundle", () => {
  it("holds what it imports, without types, and names its sources", async () => {
    const { module, map } = await bundled({
      "main.ts":
        'import { one } from "./one.ts"; const n: number = one; postMessage(n);',
      "one.ts": "export const one: number = 4711;",
    });
    assert.match(module, /4711/);
    assert.doesNotMatch(module, /: number/);
    assert.match(module, /sourceMappingURL=x\.js\.map\s*$/);
    assert.doesNotMatch(module, /^import /m);
    assert.match(map, /one\.ts/);
  });

  it("follows the import map that it is given", async () => {
    const { module } = await bundled({
      "main.ts": 'import { one } from "@one"; postMessage(one);',
      "one.ts": "export const one = 4711;",
      "map.json": '{"imports":{"@one":"./one.ts"}}',
    }, "map.json");
    assert.match(module, /4711/);
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
      bundle("/gone/main.ts", "/x.js"),
      /Cannot bundle \/gone\/main\.ts: /,
    );
  });

  it("that cannot be made of the user's own program is bad usage", async () => {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${folder}/main.ts`, "let x:=1;");
      const none = { files: {}, libraries: [], packages: [], imports: {} };
      const errand = programErrand(`${folder}/main.ts`, [], none);
      await assert.rejects(
        errand.program(kernel("a")),
        /^UsageError: Cannot bundle .*main\.ts: SyntaxError/,
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});

describe("what Deno finds out about modules", () => {
  const text = new TextEncoder().encode('import "node:os";\n');

  it("travels along, the same bytes for the same modules", async () => {
    const files = { "/a.js": text, "/b/c.js": text, "/x.bpf.o": "/dev/null" };
    const [one, two] = [
      await analysed(files, "/deno"),
      await analysed(files, "/deno"),
    ];
    assert.deepEqual(Object.keys(one), ["/deno/dep_analysis_cache_v2"]);
    assert.deepEqual(one, two);
  });

  it("names them by their places in the guest", async () => {
    const [bytes] = Object.values(await analysed({ "/b/c.js": text }, "/deno"));
    assert.ok(bytes instanceof Uint8Array);
    const file = await Deno.makeTempFile();
    try {
      await Deno.writeFile(file, bytes);
      using memory = new DatabaseSync(file, { readOnly: true });
      const rows = memory.prepare("select specifier from moduleinfocache")
        .all();
      assert.deepEqual(rows.map(({ specifier }) => specifier), [
        "file:///b/c.js",
      ]);
    } finally {
      await Deno.remove(file);
    }
  });

  it("is nothing where there are no modules", async () => {
    assert.deepEqual(await analysed({ "/x": "/dev/null" }, "/deno"), {});
  });
});
