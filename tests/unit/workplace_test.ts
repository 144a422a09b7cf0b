/**
 * Folders that the tests of installing and of Vagrant work in.
 *
 * @module
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { Workplace } from "../workplace.ts";

const { signal } = new AbortController();

describe("a workplace", () => {
  let base = "";
  let own = "";

  beforeEach(async () => {
    base = await Deno.makeTempDir({ prefix: "workplace-" });
    own = `${base}/ringside-${Deno.uid()}`;
  });

  afterEach(() => Deno.remove(base, { recursive: true }));

  it("is gone behind its block, and what a killed run left when the next begins", async () => {
    const left = `${own}/.part-left`;
    await Deno.mkdir(`${left}/root`, { recursive: true });
    {
      await using other = await Workplace.open(signal, base);
      for (const path of [left, other.path]) await Deno.utime(path, 1, 1);
      await using place = await Workplace.open(signal, base);
      await Deno.mkdir(`${place.path}/root`);
      await assert.rejects(Deno.stat(left), Deno.errors.NotFound);
      assert.ok(await Deno.stat(other.path), "another run works there");
    }
    assert.deepEqual([...Deno.readDirSync(own)], []);
  });

  it("is not where others can write, or have made a way to elsewhere", async () => {
    const refusal = {
      name: "Unavailable",
      message:
        `Cannot work in ${own}: it is no folder of this user's alone; remove it, and it is made anew`,
    };
    await Deno.mkdir(own);
    await Deno.chmod(own, 0o777);
    await assert.rejects(Workplace.open(signal, base), refusal);
    await Deno.rename(own, `${base}/elsewhere`);
    await Deno.symlink(`${base}/elsewhere`, own);
    await assert.rejects(Workplace.open(signal, base), refusal);
    assert.deepEqual([...Deno.readDirSync(`${base}/elsewhere`)], []);
  });
});
