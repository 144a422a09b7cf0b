/**
 * The architecture is a test: who imports whom, who touches native memory, and
 * what every file looks like.
 *
 * @module
 */
import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { before, describe, it } from "@std/testing/bdd";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Folders of code; what is built, generated or documentation is none. */
const folders = ["ffi", "sdk", "bpf", "kernels", "tests", "examples"];
const skipped = new Set(["build", "node_modules", ".git"]);

/** Below each folder: what it may import of the project. The longest match counts. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "mod.ts": ["sdk/", "ffi/"],
  "sdk/": ["sdk/", "ffi/"],
  "ffi/": ["ffi/"],
  "bpf/": ["bpf/"],
  "kernels/": ["kernels/"],
  "examples/": ["examples/", "mod.ts"],
  "tests/": ["tests/", "kernels/", "mod.ts"],
  // What runs the examples becomes one of them.
  "tests/examples.ts": ["tests/", "mod.ts", "examples/"],
  // A claim that needs a raw system call takes it from ffi, and says why.
  // The clock of BPF programs.
  "tests/bench/": ["tests/", "kernels/", "mod.ts", "ffi/clock.ts"],
  "tests/claims/": ["tests/claims/", "tests/claim.ts", "mod.ts", "ffi/"],
  // What is made to fail, and what is given garbage, is below mod.ts.
  "tests/faults/": ["tests/", "kernels/", "mod.ts", "sdk/", "ffi/"],
  "tests/fuzz/": ["tests/", "kernels/", "mod.ts", "sdk/", "ffi/"],
  // Pictures of a layout are drawn from it.
  "tests/docs/": [
    "tests/",
    "kernels/",
    "ffi/ring_records.ts",
    "ffi/perf_records.ts",
  ],
  "tests/unit/": ["tests/", "kernels/", "mod.ts", "sdk/", "ffi/", "bpf/"],
};

/** What may be imported from outside the project, as it is written. */
const mayImportFrom: Readonly<Record<string, RegExp>> = {
  "mod.ts": /^node:/,
  "sdk/": /^node:/,
  "ffi/": /^node:/,
  "": /^(node:|npm:[@\w/.-]+@\^?\d|@std\/(testing|cli)\/)/,
};

/** One import of one file, as it is written and as it is resolved. */
interface Import {
  readonly from: string;
  readonly written: string;
  /** Path below the root, or undefined for a package. */
  readonly to: string | undefined;
  /** Whether it is more than types. */
  readonly runs: boolean;
}

function sources(folder: string): string[] {
  return [...Deno.readDirSync(join(root, folder))].flatMap((entry) => {
    if (skipped.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory) return sources(path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(join(root, path)) !== undefined;
  } catch {
    return false;
  }
}

/** Every import of every file, by Deno's own account. */
async function imports(files: readonly string[]): Promise<Import[]> {
  const all = files.map((file) =>
    `import "${pathToFileURL(join(root, file)).href}";\n`
  );
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(entry, all.join(""));
    const map = join(root, "deno.offline.json");
    const deno = new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", `--import-map=${map}`, entry],
      stderr: "null",
    });
    const { modules } = JSON.parse(
      new TextDecoder().decode((await deno.output()).stdout),
    );
    return modules.flatMap(importsOf).filter(({ from }: Import) =>
      !from.startsWith("..")
    );
  } finally {
    await Deno.remove(entry);
  }
}

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly specifier: string;
    readonly code?: { readonly specifier?: string };
    readonly type?: { readonly specifier?: string };
  }[];
}

function importsOf({ specifier, dependencies = [] }: Module): Import[] {
  if (!specifier.startsWith("file:")) return [];
  const from = relative(root, fileURLToPath(specifier));
  return dependencies.map(({ specifier: written, code, type }) => {
    const resolved = code?.specifier ?? type?.specifier ?? written;
    const own = resolved.startsWith("file:") && /^(\.|file:)/.test(written);
    const to = own ? relative(root, fileURLToPath(resolved)) : undefined;
    return { from, written, to, runs: code !== undefined };
  });
}

/** The rule of the longest prefix that a file has. */
function ruleOf<Rule>(
  rules: Readonly<Record<string, Rule>>,
  file: string,
): Rule | undefined {
  const prefixes = Object.keys(rules).filter((prefix) =>
    file.startsWith(prefix)
  );
  const [longest] = prefixes.sort((a, b) => b.length - a.length);
  return longest === undefined ? undefined : rules[longest];
}

/** A way round from a file back to itself along imports, if there is one. */
function circle(
  graph: ReadonlyMap<string, readonly string[]>,
): string[] | undefined {
  const done = new Set<string>();
  const walk = (file: string, way: readonly string[]): string[] | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of graph.get(file) ?? []) {
      const found = walk(next, [...way, file]);
      if (found !== undefined) return found;
    }
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const found = walk(file, []);
    if (found !== undefined) return found;
  }
  return undefined;
}

describe("the architecture", () => {
  const files = [
    ...["mod.ts"].filter(exists),
    ...folders.filter(exists).flatMap(sources),
  ];
  const texts = new Map(
    files.map((file) => [file, Deno.readTextFileSync(join(root, file))]),
  );
  let edges: Import[] = [];
  before(async () => {
    edges = await imports(files);
  });

  it("is seen whole", () => {
    assert.ok(
      edges.some(({ from, to }) =>
        from === "tests/main.ts" && to === "tests/kernel_driver.ts"
      ),
    );
    const seen = new Set(edges.map(({ from }) => from));
    for (const file of files) {
      const imports = /^(import|export) .* from "|\bimport\("node:/m
        .test(texts.get(file) ?? "");
      assert.equal(seen.has(file), imports, `Deno did not tell of ${file}`);
    }
  });

  it("lets every folder import what it may, and nothing else of the project", () => {
    const wrong = edges.filter(({ from, to }) => {
      const allowed = ruleOf(mayImport, from);
      return to !== undefined &&
        !allowed?.some((prefix) => to.startsWith(prefix));
    });
    assert.deepEqual(wrong.map(({ from, to }) => `${from} imports ${to}`), []);
  });

  it("takes packages by their names and versions, and none for the SDK", () => {
    const wrong = edges.filter(({ from, to, written }) =>
      to === undefined && !ruleOf(mayImportFrom, from)?.test(written)
    );
    assert.deepEqual(
      wrong.map(({ from, written }) => `${from} imports ${written}`),
      [],
    );
  });

  it("has no circle of imports", () => {
    const graph = Map.groupBy(
      edges.filter(({ to, runs }) => to !== undefined && runs),
      ({ from }) => from,
    );
    const links = new Map(
      [...graph].map(([from, out]) => [from, out.map(({ to = "" }) => to)]),
    );
    assert.equal(circle(links)?.join(" → "), undefined);
  });

  it("touches native memory in ffi/ only", () => {
    const native = /\bDeno\.(dlopen|Unsafe\w*)/;
    const wrong = [...texts].filter(([file, text]) =>
      !file.startsWith("ffi/") &&
      !/^tests\/unit\/ffi_\w*test\.ts$/.test(file) && native.test(text)
    );
    assert.deepEqual(wrong.map(([file]) => file), []);
  });

  it("runs nothing of the SDK on import: its one command is sdk/main.ts", () => {
    const entries = [...texts].filter(([file, text]) =>
      /^(sdk|ffi)\//.test(file) && text.includes("import.meta.main")
    );
    assert.deepEqual(entries.map(([file]) => file), ["sdk/main.ts"]);
    assert.deepEqual(edges.filter(({ to }) => to === "sdk/main.ts"), []);
  });

  it("knows nothing of BPF in kernels/", () => {
    const wrong = [...texts].filter(([file, text]) =>
      dirname(file) === "kernels" && /\b(libbpf|ringbuf|bpf\()\b/i.test(text)
    );
    assert.deepEqual(wrong.map(([file]) => file), []);
  });

  it("makes temporary folders where the next run sweeps them", () => {
    const found = [...texts].filter(([file, text]) =>
      /^(kernels|tests\/fuzz)\//.test(file) &&
      /\bmakeTemp(Dir|File)/.test(text)
    );
    assert.deepEqual(found.map(([file]) => file), ["kernels/workshop.ts"]);
  });

  it("makes a path of a URL by decoding it: the project may lie anywhere", () => {
    const found = [...texts].filter(([, text]) =>
      /[^\\]\.pathname\b/.test(text)
    );
    assert.deepEqual(found.map(([file]) => file), [
      ...["kernels/url_source.ts", "tests/unit/kernels_archive.ts"], // of http
    ]);
  });

  it("has files of at most 300 lines, tests of at most 600", () => {
    const long = [...texts].filter(([file, text]) =>
      text.split("\n").length - 1 > (file.endsWith("_test.ts") ? 600 : 300)
    );
    assert.deepEqual(long.map(([file]) => file), []);
  });

  it("has files that begin with what they are for, and names without capitals", () => {
    const wrong = [...texts].filter(([file, text]) =>
      !/^\/\*\*\n \* \S[^]*?\n \* @module\n \*\/\n/.test(text) ||
      !/^[a-z0-9_/]+(\.d)?\.ts$/.test(file)
    );
    assert.deepEqual(wrong.map(([file]) => file), []);
  });

  it("has no drawer for what has no name", () => {
    const wrong = files.filter((file) =>
      /(util|helper|common|manager)s?\.ts$/.test(file)
    );
    assert.deepEqual(wrong, []);
  });
});
