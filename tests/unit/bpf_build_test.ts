/**
 * `deno task bpf`: what it builds, and what it says when it cannot.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { dirname } from "node:path";

/** Only root can be another user. */
const asRoot = Deno.uid() === 0 ? it : it.skip;

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
async function copy(suffix = ""): Promise<string> {
  const folder = `${await Deno.makeTempDir({ suffix })}/bpf`;
  await Deno.mkdir(folder);
  for (const name of ["build.ts", "ringside.bpf.h", "burst.bpf.c"]) {
    await Deno.copyFile(`bpf/${name}`, `${folder}/${name}`);
  }
  return folder;
}

async function remove(copy: string): Promise<void> {
  await Deno.remove(dirname(copy), { recursive: true });
}

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name);
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

  asRoot(
    "has nothing to do in a folder of another user's that is up to date",
    async () => {
      const folder = await copy();
      await build({}, folder);
      await Deno.chmod(dirname(folder), 0o755);
      const { code, stderr } = await new Deno.Command("setpriv", {
        args: [
          ...["--reuid=65534", "--regid=65534", "--clear-groups"],
          Deno.execPath(),
          ...["run", "-A", "--no-config", `${folder}/build.ts`],
        ],
        env: { DENO_DIR: `${dirname(folder)}/nowhere` },
      }).output();
      assert.equal(code, 0, new TextDecoder().decode(stderr));
      await remove(folder);
    },
  );

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
    assert.deepEqual(names(`${folder}/build`), []);
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

  it("waits for all, tells of each that failed, and leaves nothing unfinished", async () => {
    const folder = await copy();
    await Deno.writeTextFile(`${folder}/aaa.bpf.c`, "oops\n");
    await Deno.writeTextFile(`${folder}/zzz.bpf.c`, "int x = ;\n");
    await Deno.mkdir(`${folder}/build/unfinished/left.o`, { recursive: true });
    const { code, said } = await build({}, folder);
    assert.equal(code, 69);
    assert.match(said, /^Cannot build aaa\.bpf\.c$/m);
    assert.match(said, /^Cannot build zzz\.bpf\.c$/m);
    assert.deepEqual(names(`${folder}/build`), ["burst.bpf.o"]);
    await remove(folder);
  });

  for (
    const [script, told] of [
      ["exit 1", "ended with code 1 and said nothing"],
      ["kill -SEGV $$", "was killed by SIGSEGV"],
      [
        'while [ "$1" != -o ]; do shift; done; echo half >"$2"; kill -9 $$',
        "was killed by SIGKILL",
      ],
    ] as const
  ) {
    it(`says how a clang ended that ${told}, in one line`, async () => {
      const folder = await copy();
      const clang = `${dirname(folder)}/clang`;
      await Deno.writeTextFile(clang, `#!/bin/sh\n${script}\n`, {
        mode: 0o755,
      });
      await Deno.copyFile(`${folder}/burst.bpf.c`, `${folder}/other.bpf.c`);
      assert.deepEqual(await build({ CLANG: clang }, folder), {
        code: 69,
        said:
          `Cannot build burst.bpf.c, other.bpf.c: ${clang} ${told} (another clang can be named in CLANG)\n`,
      });
      assert.deepEqual(names(`${folder}/build`), []);
      await remove(folder);
    });
  }

  it("says why a clang cannot be run; an empty CLANG is none", async () => {
    const folder = await copy();
    assert.deepEqual(await build({ CLANG: "/etc/passwd" }, folder), {
      code: 69,
      said:
        "Cannot build burst.bpf.c: /etc/passwd cannot be run: Permission denied (another clang can be named in CLANG)\n",
    });
    assert.equal((await build({ CLANG: "" }, folder)).code, 0);
    await remove(folder);
  });

  it("says where objects go when there is no folder to be had", async () => {
    const folder = await copy();
    await Deno.writeTextFile(`${folder}/build`, "");
    assert.deepEqual(await build({}, folder), {
      code: 69,
      said:
        `Cannot build BPF objects in ${folder}/build: File exists (it has to be a folder that you may write to)\n`,
    });
    await remove(folder);
  });

  it("builds in a folder of any name", async () => {
    const folder = await copy("o #ü%41,");
    assert.equal((await build({}, folder)).said, "Built burst.bpf.c\n");
    assert.deepEqual(names(`${folder}/build`), ["burst.bpf.o"]);
    await remove(folder);
  });
});
