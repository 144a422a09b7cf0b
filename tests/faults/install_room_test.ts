/**
 * What is run in a bare root: what it is given, and that nothing of it stays. As root.
 *
 * @module
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { findExecutable } from "../../kernels/executable.ts";
import { dependencies } from "../../kernels/libraries.ts";
import { Room } from "../install/room.ts";
import { processes } from "./lab_census.ts";

/** Programs enough for a shell to start others, behind mounts that are its own. */
const programs = ["sh", "env", "sleep", "setsid", "umount"];

describe("a bare root", () => {
  let ending: AbortController;
  let room: Room;

  beforeEach(async () => {
    ending = new AbortController();
    room = await Room.open(ending.signal);
    const paths = programs.map((name) => findExecutable(name) ?? name);
    for (const path of [...paths, ...await dependencies(paths)]) {
      const copy = `${room.root}${path}`;
      await Deno.mkdir(copy.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.copyFile(path, copy);
    }
    for (const name of ["proc", "sys", "dev", "root"]) {
      await Deno.mkdir(`${room.root}/${name}`);
    }
  });

  afterEach(() => room[Symbol.asyncDispose]());

  const said = (): string => Deno.readTextFileSync(`${room.root}/said`);

  it("has this machine's way to the network, and nothing else of its environment", async () => {
    const words = { http_proxy: "http://it's.here", RINGSIDE_SECRET: "x" };
    for (const [name, value] of Object.entries(words)) {
      Deno.env.set(name, value);
    }
    const isWell = await room.inside("env >/said");
    for (const name of Object.keys(words)) Deno.env.delete(name);
    assert.ok(isWell);
    assert.match(said(), /^http_proxy=http:\/\/it's\.here$/m);
    assert.match(said(), /^HOME=\/root$/m);
    assert.doesNotMatch(said(), /SECRET/);
  });

  it("tells whether what ran in it ended well", async () => {
    assert.ok(!await room.inside("exit 3"));
    assert.ok(await room.inside(":"));
  });

  it("keeps no process that was left in it", async () => {
    assert.ok(await room.inside("setsid sleep 98765 & echo $$ >/said"));
    assert.equal(said(), "1\n", "its processes are its own");
    assert.deepEqual(sleepers(), []);
  });

  it("is ended with its mounts when it is cancelled", async () => {
    const running = room.inside("setsid sleep 98765 & sleep 98765");
    await until(() => sleepers().length === 2);
    ending.abort(new Error("enough"));
    await assert.rejects(running, /^Error: enough$/);
    await room[Symbol.asyncDispose]();
    await until(() => sleepers().length === 0);
    await assert.rejects(Deno.stat(room.root), Deno.errors.NotFound);
    room = await Room.open(new AbortController().signal);
  });
});

const sleepers = (): string[] => processes("sleep\x0098765");

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 50 && !isSo(); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.ok(isSo());
}
