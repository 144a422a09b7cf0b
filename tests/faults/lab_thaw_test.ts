/**
 * A frozen guest that is brought back twice: what is to be fresh in each of its lives is. Deno's
 * generators were seeded before it was frozen.
 *
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { bundle } from "../../kernels/bundle.ts";
import { cacheFolder } from "../../kernels/folders.ts";
import { pack } from "../../kernels/initramfs.ts";
import { run } from "../../kernels/machine.ts";
import { provision } from "../../kernels/provision.ts";
import type { Draws } from "./lab_draws.ts";
import { baseKernel } from "./lab_machines.ts";

const entry = "/ringside/draws.js";

describe("a guest that is brought back twice", () => {
  let folder: string;

  before(async () => {
    folder = await Deno.makeTempDir({ dir: "/var/tmp", prefix: "thaw-" });
  });

  after(() => Deno.remove(folder, { recursive: true }));

  /** One life of the guest; the first one is frozen before. */
  async function life(): Promise<Draws> {
    const cache = cacheFolder();
    const image = await provision(baseKernel(), { cache, mirrors: {} });
    const program = new URL("lab_draws.ts", import.meta.url).pathname;
    const initramfs = await pack({
      ...{ entry, args: [], libraries: [], waits: true },
      files: await bundle(program, entry),
    }, cache);
    const events = await Array.fromAsync(run(image, initramfs, {
      ...{ cpus: 1, memoryMiB: 768, accel: "tcg", timeoutMs: 120_000 },
      frozen: folder,
    }));
    const [up, line, end] = events;
    assert.deepEqual(
      [up?.type, end?.type],
      ["up", "exit"],
      JSON.stringify(events),
    );
    assert.ok(up?.type === "up" && up.start === "warm");
    assert.ok(line?.type === "line");
    return JSON.parse(line.text);
  }

  it("draws no number twice", async () => {
    const [one, two] = [await life(), await life()];
    const same = Object.keys(one).filter((name) => one[name] === two[name]);
    assert.deepEqual(same, []);
  });
});
