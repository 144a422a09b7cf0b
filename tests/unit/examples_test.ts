/**
 * What every example is: small, complete, and typed as its object says.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { BpfObject } from "../../mod.ts";
import { objectTypes } from "../../sdk/object_types.ts";
import { works } from "../examples_work.ts";

const names = Object.keys(works);

function read(path: string): string {
  return Deno.readTextFileSync(path);
}

/** The first interface of `bpf:types` as one line: `type X = { a: number; b: string };`. */
function inShort(types: string): string {
  const [, name, body = ""] = /^export interface (\w+) \{\n(.*?)^\}/ms
    .exec(types) ?? [];
  const fields = body.replaceAll(/\/\*\*.*?\*\//gs, "").split("\n")
    .map((line) => line.trim().replaceAll("readonly ", ""))
    .filter((line) => line !== "");
  return `type ${name} = { ${fields.join(" ").replace(/;$/, "")} };`;
}

describe("the examples", () => {
  it("are pairs of a program and a tool, each exercised and documented", () => {
    const files = [...Deno.readDirSync("examples")].map(({ name }) => name)
      .filter((name) => /\.(ts|c)$/.test(name));
    assert.deepEqual(
      files.sort(),
      names.flatMap((name) => [`${name}.bpf.c`, `${name}.ts`]).sort(),
    );
    const sections = read("docs/examples.md").matchAll(/^## (\w+)/gm);
    assert.deepEqual([...sections].map(([, name]) => name), names);
  });

  const bursts = (transport: string, hundred: string, thousand: string) => [
    `Over ${transport}: asked for`,
    ...["10 sent: 1–10 came, 0 lost", "30 sent: 11–40 came, 0 lost"],
    `100 sent: ${hundred}`,
    "300 sent: 141–202 came, 238 lost",
    `1000 sent: ${thousand}`,
  ];
  const look = (lines: string[]): void => works.bursts?.look?.(lines);

  it("bursts is believed where a burst over perf went on on another CPU, and on a ring is not", () => {
    const some = "41–103 came, 37 lost";
    const most = "441–502 came, 938 lost";
    look(bursts("ring", some, most));
    look(bursts("perf", some, "1288 441–502 1289–1350 came, 875 lost"));
    look(bursts("perf", "103–140 41–102 came, 0 lost", most));
    assert.throws(() => look(bursts("ring", "41–140 came, 0 lost", most)));
  });

  it("bursts is not believed with an account that is wrong, or a burst that is missing", () => {
    assert.throws(() =>
      look(bursts("perf", "41–103 came, 37 lost", "441–502 900 came, 938 lost"))
    );
    assert.throws(() => look(bursts("perf", "41–103 came, 37 lost", "none")));
    assert.throws(() =>
      look(bursts("perf", "41–103 came, 37 lost", "441–1440 came, 0 lost"))
    );
  });

  for (const name of names) {
    const tool = read(`examples/${name}.ts`);

    it(`${name} has less than 80 lines, with its docs`, () => {
      const text = read(`examples/${name}.bpf.c`) + tool;
      assert.ok(text.split("\n").length - 1 < 80);
    });

    it(`${name} knows its events as bpf:types prints them`, () => {
      using object = BpfObject.open(`bpf/build/${name}.bpf.o`);
      const type = inShort(objectTypes(object, "bigint"));
      assert.ok(tool.includes(`\n${type}\n`), type);
    });

    it(`${name} imports what its user has, and nothing else of the project`, () => {
      const from = [...tool.matchAll(/ from "(.+)";$/gm)].map(([, from]) =>
        from
      );
      assert.deepEqual(from, ["node:console", "../mod.ts"]);
    });
  }
});
