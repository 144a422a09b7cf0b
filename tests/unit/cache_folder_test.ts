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

/** Only root can give a file away. */
const asRoot = Deno.uid() === 0 ? it : it.skip;

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
    await refused(`${real}/kernels`, real);
    await Deno.remove(real, { recursive: true });
  });

  it("is looked at where a link in it leads, also in a circle", async () => {
    const elsewhere = await Deno.makeTempDir({ prefix: "cache-" });
    await Deno.mkdir(`${folder}/ringside`);
    await Deno.symlink(elsewhere, `${folder}/ringside/machines`);
    await Deno.symlink(folder, `${elsewhere}/circle`);
    await Deno.symlink("gone", `${elsewhere}/nowhere`);
    await openCache();
    await Deno.writeTextFile(`${elsewhere}/memory`, "");
    await Deno.chmod(`${elsewhere}/memory`, 0o666);
    await refused(`${elsewhere}/memory`, elsewhere);
    await Deno.remove(elsewhere, { recursive: true });
  });

  it("is not trusted where everybody can put another in its place", async () => {
    const cache = await openCache();
    await Deno.chmod(folder, 0o777);
    await assert.rejects(openCache(), {
      message: `Cannot trust the cache ${cache}: everybody can write to ` +
        `${folder}, and put another in its place; take that from them ` +
        `(chmod o-w ${folder}) or name another in XDG_CACHE_HOME`,
    });
    await Deno.chmod(folder, 0o1777);
    assert.equal(await openCache(), cache);
  });

  asRoot("is not trusted with a file of another user's in it", async () => {
    const path = `${await openCache()}/machines/memory`;
    await Deno.writeTextFile(path, "");
    await Deno.chown(path, 65534, 65534);
    await assert.rejects(openCache(), {
      message: `Cannot trust the cache ${path}: it is user 65534's; ` +
        "remove it or name another in XDG_CACHE_HOME",
    });
  });

  it("is told where a file is in the place of a folder", async () => {
    await Deno.mkdir(`${folder}/ringside`);
    await Deno.writeTextFile(`${folder}/ringside/machines`, "");
    await assert.rejects(openCache(), {
      message: `Cannot write to the cache ${folder}/ringside/machines: ` +
        "File exists; name another in XDG_CACHE_HOME",
    });
  });

  it("is told to be cleared of what cannot be looked at", async () => {
    const path = `${await openCache()}/machines/loop`;
    await Deno.symlink("loop", path);
    await assert.rejects(openCache(), {
      message:
        `Cannot look at the cache ${path}: Too many levels of symbolic links; ` +
        "remove it or name another in XDG_CACHE_HOME",
    });
  });
});

/** `tree` is where the way out begins. */
async function refused(
  path: string,
  tree = `${folder}/ringside`,
): Promise<void> {
  await assert.rejects(openCache(), {
    message:
      `Cannot trust the cache ${path}: others can write to it; take that from them ` +
      `(chmod -R go-w ${tree}) or name another in XDG_CACHE_HOME`,
  });
}
