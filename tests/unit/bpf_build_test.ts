/**
 * `deno task bpf`: what it builds, and what it says when it cannot.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { dirname } from "node:path";

async function build(
  env: Record<string, string>,
  folder: string,
): Promise<{ code: number; said: string }> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-config", `${folder}/build.ts`],
    env,
  }).output();
  return { code, said: new TextDecoder().decode(stderr) };
}

/** A copy of bpf/ with the burst program alone; there is no examples/ beside it. */
async function copy(): Promise<string> {
  const folder = `${await Deno.makeTempDir()}/bpf`;
  await Deno.mkdir(folder);
  for (const name of ["build.ts", "ringside.bpf.h", "burst.bpf.c"]) {
    await Deno.copyFile(`bpf/${name}`, `${folder}/${name}`);
  }
  return folder;
}

async function remove(copy: string): Promise<void> {
  await Deno.remove(dirname(copy), { recursive: true });
}

describe("deno task bpf", () => {
  it("builds once, and again when a source is newer", async () => {
    const folder = await copy();
    assert.deepEqual(await build({}, folder), {
      ...{ code: 0, said: "Built burst.bpf.c\n" },
    });
    assert.deepEqual(await build({}, folder), { code: 0, said: "" });
    const later = new Date(Date.now() + 5000);
    await Deno.utime(`${folder}/ringside.bpf.h`, later, later);
    assert.match((await build({}, folder)).said, /^Built/);
    await remove(folder);
  });

  it("builds the programs of examples/ along, with the header of bpf/", async () => {
    const folder = await copy();
    const example = `${dirname(folder)}/examples/bursts.bpf.c`;
    await Deno.mkdir(dirname(example));
    await Deno.copyFile("examples/bursts.bpf.c", example);
    const { said } = await build({}, folder);
    assert.equal(said, "Built burst.bpf.c, bursts.bpf.c\n");
    assert.ok(Deno.statSync(`${folder}/build/bursts.bpf.o`).isFile);
    assert.deepEqual(await build({}, folder), { code: 0, said: "" });
    await remove(folder);
  });

  it("names the package when clang is missing, and leaves nothing behind", async () => {
    const folder = await copy();
    const { code, said } = await build({ CLANG: "/nowhere/clang" }, folder);
    assert.equal(code, 69);
    assert.match(said, /clang is not installed .*apt-get install clang\)\n$/);
    assert.deepEqual([...Deno.readDirSync(`${folder}/build`)], []);
    await remove(folder);
  });

  it("shows what clang says of a source that is wrong", async () => {
    const folder = await copy();
    await Deno.writeTextFile(`${folder}/burst.bpf.c`, "int x = ;\n");
    const { code, said } = await build({}, folder);
    assert.equal(code, 69);
    assert.match(said, /^Cannot build burst\.bpf\.c\n.*expected expression/s);
    await remove(folder);
  });
});
