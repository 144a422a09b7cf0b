/**
 * The cache: what others could put into it, and what is made of it at the first run.
 *
 * @module
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { openCache } from "../../kernels/cache_folder.ts";
import { place } from "../../kernels/cached.ts";
import { FrozenMachines } from "../../kernels/frozen.ts";

const variable = "XDG_CACHE_HOME";
let folder = "";
let before: string | undefined;
let umask = 0;

describe("the cache", () => {
  beforeEach(async () => {
    folder = await Deno.makeTempDir({ prefix: "cache-" });
    before = Deno.env.get(variable);
    umask = Deno.umask();
    Deno.env.set(variable, folder);
  });

  afterEach(async () => {
    Deno.umask(umask);
    if (before === undefined) Deno.env.delete(variable);
    else Deno.env.set(variable, before);
    await Deno.remove(folder, { recursive: true });
  });

  it("is trusted again where a group may write to what this user makes", async () => {
    Deno.umask(0o002);
    const cache = await openCache();
    for (const name of ["init", "initramfs/base", "vagrant"]) {
      await place(
        `${cache}/${name}/one`,
        (path) => Deno.writeTextFile(path, ""),
      );
    }
    await new FrozenMachines(cache).part();
    assert.equal(await openCache(), cache);
  });

  for (const name of ["", "/initramfs", "/machines", "/userland", "/vagrant"]) {
    it(`is not trusted when others can write to ringside${name}`, async () => {
      const path = `${await openCache()}${name}`;
      await Deno.chmod(path, 0o777);
      await refused(path);
    });
  }

  it("is not trusted when a group can write to a file that an earlier run left", async () => {
    const path = `${await openCache()}/machines/memory`;
    await Deno.writeTextFile(path, "");
    await Deno.chmod(path, 0o664);
    await refused(path);
  });

  it("is looked at where a link leads to it", async () => {
    const real = await Deno.makeTempDir({ prefix: "cache-" });
    await Deno.symlink(real, `${folder}/ringside`);
    await openCache();
    await Deno.chmod(`${real}/kernels`, 0o775);
    await refused(`${real}/kernels`);
    await Deno.remove(real, { recursive: true });
  });
});

async function refused(path: string): Promise<void> {
  await assert.rejects(openCache(), {
    message:
      `Cannot trust the cache ${path}: others can write to it; take that from them ` +
      `(chmod -R go-w ${path}) or name another in XDG_CACHE_HOME`,
  });
}
