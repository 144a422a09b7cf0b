/**
 * How commands end: what is wrong is one line and a status.
 *
 * @module
 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "@std/testing/bdd";
import { cacheFolder } from "../../kernels/folders.ts";
import { statusOf } from "../../kernels/exit.ts";
import { Interrupted } from "../../kernels/interruption.ts";
import { importArguments } from "../imports.ts";

/** Deno keeps packages where the user's caches are, if nobody says otherwise. */
const denoFolder = Deno.env.get("DENO_DIR") ??
  join(dirname(cacheFolder()), "deno");

/** A file of the project. */
function here(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

/** The status of `deno task kernels` with this cache and beside it, and what it says. */
async function kernels(
  cache: string,
  ...args: string[]
): Promise<[status: number, said: string]> {
  return await kernelsFrom(dirname(cache), cache, ...args);
}

/** The same, given in this folder. */
async function kernelsFrom(
  INIT_CWD: string,
  cache: string,
  ...args: string[]
): Promise<[status: number, said: string]> {
  const run = ["run", "-A", "--no-check", "--quiet", ...importArguments()];
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...run, here("kernels/main.ts"), ...args],
    env: {
      XDG_CACHE_HOME: cache,
      DENO_DIR: denoFolder,
      INIT_CWD,
      NO_COLOR: "1",
    },
    stdin: "null",
  }).output();
  return [code, new TextDecoder().decode(stderr)];
}

describe("the exit of deno task kernels", () => {
  it("is one line where the cache cannot be used, and as --help says", async () => {
    const folder = await Deno.makeTempDir({ prefix: "exit-" });
    try {
      await Deno.writeTextFile(`${folder}/file`, "");
      await Deno.mkdir(`${folder}/open/ringside`, { recursive: true });
      await Deno.chmod(`${folder}/open/ringside`, 0o777);
      const [noFolder, open, unknown] = await Promise.all([
        kernels(`${folder}/file`, "fetch", "debian-5.10"),
        kernels(`${folder}/open`, "fetch", "debian-5.10"),
        kernels(folder, "fetch", "debian-5.1O"),
      ]);
      assert.equal(noFolder[0], 69, noFolder[1]);
      assert.match(noFolder[1], /^Cannot write to the cache .*\n$/);
      assert.equal(open[0], 69, open[1]);
      assert.match(open[1], /^Cannot trust the cache .*\n$/);
      assert.equal(unknown[0], 64, unknown[1]);
      assert.match(unknown[1], /^Unknown kernel "debian-5.1O".*\n$/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  it("is of usage for a box of a suite that Debian has not, before anything is made", async () => {
    const folder = await Deno.makeTempDir({ prefix: "exit-" });
    try {
      for (
        const [suite, said] of [
          ["bookwrom", "; did you mean bookworm"],
          ["nosuchsuite", "; there are buster, "],
          ["../bookworm", "; did you mean bookworm"],
        ] as const
      ) {
        const [status, err] = await kernels(folder, "box", suite);
        assert.equal(err.split(said)[0], `Unknown suite "${suite}" of Debian`);
        assert.equal(status, 64);
      }
      assert.deepEqual([...Deno.readDirSync(folder)], []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  it("is a shell's for a signal, and shows a mistake of the program with its stack", async () => {
    const ends = (error: unknown): Promise<number> =>
      statusOf(() => Promise.reject(error), []);
    assert.equal(await ends(new Interrupted("SIGINT")), 130);
    assert.equal(await ends(new Interrupted("SIGTERM")), 143);
    await assert.rejects(ends(new TypeError("x is not a function")), TypeError);
    assert.equal(await statusOf(() => Promise.resolve(7), []), 7);
  });

  it("is of paths from where the user stands, and not from the project's folder", async () => {
    const folder = await Deno.makeTempDir({ prefix: "exit-" });
    try {
      await Deno.writeTextFile(`${folder}/bzImage`, "hello");
      const [status, said] = await kernels(
        `${folder}/cache`,
        "add",
        "mine=./bzImage",
      );
      assert.match(
        said,
        /exit-\w+\/bzImage as kernel "mine": it is not a Linux /,
      );
      assert.equal(status, 64);
      const address = `https://a.example/x#sha256=${"0".repeat(64)}`;
      assert.deepEqual(await kernels(`${folder}/cache`, "add", address), [
        64,
        "add takes one kernel, as LABEL=SOURCE\n",
      ]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  it("is one line where the folder that the user stood in is gone, or is none", async () => {
    const cache = await Deno.makeTempDir({ prefix: "exit-" });
    try {
      await Deno.writeTextFile(`${cache}/file`, "");
      for (
        const [folder, why] of [
          [`${cache}/gone`, "No such file or directory"],
          [`${cache}/file`, "Not a directory"],
        ] as const
      ) {
        assert.deepEqual(await kernelsFrom(folder, cache, "verify"), [
          69,
          `Cannot work in ${folder}, where the command was given: ${why}; ` +
          "give it in a folder that is there and that your user may enter\n",
        ]);
      }
    } finally {
      await Deno.remove(cache, { recursive: true });
    }
  });

  it("says what could not be tidied up, also after a signal", async () => {
    const module = (name: string): string =>
      JSON.stringify(import.meta.resolve(`../../kernels/${name}`));
    const script = `
      import { statusOf } from ${module("exit.ts")};
      import { Interrupted } from ${module("interruption.ts")};
      async function main(): Promise<number> {
        await using _folder = {
          [Symbol.asyncDispose]: () => Promise.reject(new Error("It stays")),
        };
        throw new Interrupted("SIGTERM");
      }
      Deno.exitCode = await statusOf(main, []);
    `;
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--ext=ts", script],
      env: { DENO_DIR: denoFolder, NO_COLOR: "1" },
    }).output();
    assert.equal(new TextDecoder().decode(stderr), "It stays\n");
    assert.equal(code, 143);
  });
});
