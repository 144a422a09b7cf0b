/**
 * `deno task bpf`: what it builds, and what it says when it cannot.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";

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

/** A copy of bpf/ with the burst program alone. */
async function copy(): Promise<string> {
  const folder = await Deno.makeTempDir();
  for (const name of ["build.ts", "ringside.bpf.h", "burst.bpf.c"]) {
    await Deno.copyFile(`bpf/${name}`, `${folder}/${name}`);
  }
  return folder;
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
    await Deno.remove(folder, { recursive: true });
  });

  it("names the package when clang is missing, and leaves nothing behind", async () => {
    const folder = await copy();
    const { code, said } = await build({ CLANG: "/nowhere/clang" }, folder);
    assert.equal(code, 69);
    assert.match(said, /clang is not installed .*apt-get install clang\)\n$/);
    assert.deepEqual([...Deno.readDirSync(`${folder}/build`)], []);
    await Deno.remove(folder, { recursive: true });
  });

  it("shows what clang says of a source that is wrong", async () => {
    const folder = await copy();
    await Deno.writeTextFile(`${folder}/burst.bpf.c`, "int x = ;\n");
    const { code, said } = await build({}, folder);
    assert.equal(code, 69);
    assert.match(said, /^Cannot build burst\.bpf\.c\n.*expected expression/s);
    await Deno.remove(folder, { recursive: true });
  });
});
