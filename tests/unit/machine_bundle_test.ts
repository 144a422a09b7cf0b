/**
 * A program becomes one module; what is wrong with it is said in one line.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { DatabaseSync } from "node:sqlite";
import { analysed } from "../../kernels/analysis.ts";
import { Interrupted } from "../../kernels/interruption.ts";
import { bundle, NotBundled } from "../../kernels/bundle.ts";
import { ownErrand, programErrand } from "../program_errand.ts";
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

  it("is nobody's fault but the host's where that does not answer", async () => {
    const server = Deno.serve(
      { port: 0, onListen: () => {} },
      () => new Response(),
    );
    const { port } = server.addr;
    await server.shutdown();
    await using registry = await onlyRegistry(port);
    await assert.rejects(bundle(registry.program, "/x.js"), (error: Error) => {
      assert.ok(!(error instanceof NotBundled));
      assert.match(error.message, /^Cannot bundle .*main\.ts: .*reached/);
      return true;
    });
  });

  it("whose making is killed is not blamed on the program", async () => {
    await using silent = await silence();
    const made = bundle(silent.program, "/x.js");
    void silent.asked.then(killBundler);
    await assert.rejects(
      made,
      /^Error: Cannot bundle .*main\.ts: deno bundle was killed by SIGINT$/,
    );
  });

  it("whose making dies of the signal that ends the run ends by that", async () => {
    await using silent = await silence();
    const none = { files: {}, libraries: [], packages: [], imports: {} };
    const controller = new AbortController();
    const program = { path: silent.program, args: [] };
    const rows = [kernel("a")];
    const made = ownErrand(program, none, rows, controller.signal);
    // As a terminal does it: the child dies, and this process hears of it a moment later.
    void silent.asked.then(killBundler).then(() => {
      setTimeout(() => controller.abort(new Interrupted("SIGINT")), 20);
    });
    await assert.rejects(made, Interrupted);
  });
});

/** A program, and a Deno that has nothing and has to ask a registry on loopback for all. */
async function onlyRegistry(
  port: number,
): Promise<AsyncDisposable & { readonly program: string }> {
  const folder = await Deno.makeTempDir();
  const program = `${folder}/main.ts`;
  await Deno.writeTextFile(program, "1;");
  const given: Record<string, string> = {
    NPM_CONFIG_REGISTRY: `http://127.0.0.1:${port}/`,
    DENO_DIR: `${folder}/deno`,
  };
  const before = Object.keys(given).map((name) =>
    [name, Deno.env.get(name)] as const
  );
  for (const [name, value] of Object.entries(given)) Deno.env.set(name, value);
  return {
    program,
    async [Symbol.asyncDispose](): Promise<void> {
      for (const [name, value] of before) {
        if (value === undefined) Deno.env.delete(name);
        else Deno.env.set(name, value);
      }
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** The same with a registry that never answers; `asked` tells that it was asked. */
async function silence(): Promise<
  AsyncDisposable & { readonly program: string; readonly asked: Promise<void> }
> {
  const asked = Promise.withResolvers<void>();
  const over = Promise.withResolvers<Response>();
  const server = Deno.serve({ port: 0, onListen: () => {} }, () => {
    asked.resolve();
    return over.promise;
  });
  const registry = await onlyRegistry(server.addr.port);
  return {
    program: registry.program,
    asked: asked.promise,
    async [Symbol.asyncDispose](): Promise<void> {
      over.resolve(new Response());
      await server.shutdown();
      await registry[Symbol.asyncDispose]();
    },
  };
}

/** Sends SIGINT to the `deno bundle` that this process has started. */
async function killBundler(): Promise<void> {
  const tasks = await Array.fromAsync(Deno.readDir("/proc/self/task"));
  for (const { name } of tasks) {
    const list = await Deno.readTextFile(`/proc/self/task/${name}/children`)
      .catch(() => "");
    for (const pid of list.split(" ").filter(Boolean)) {
      const words = await Deno.readTextFile(`/proc/${pid}/cmdline`);
      if (words.includes("\0bundle\0")) Deno.kill(Number(pid), "SIGINT");
    }
  }
}

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
    const folder = await Deno.makeTempDir(); // SQLite leaves files beside one that it only reads.
    try {
      await Deno.writeFile(`${folder}/memory`, bytes);
      using memory = new DatabaseSync(`${folder}/memory`, { readOnly: true });
      const rows = memory.prepare("select specifier from moduleinfocache")
        .all();
      assert.deepEqual(rows.map(({ specifier }) => specifier), [
        "file:///b/c.js",
      ]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  it("is nothing where there are no modules", async () => {
    assert.deepEqual(await analysed({ "/x": "/dev/null" }, "/deno"), {});
  });
});
