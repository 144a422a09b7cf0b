/**
 * How a guest's program starts: where the guest was frozen before, and where it cannot.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "@std/testing/bdd";
import { bundle } from "../../kernels/bundle.ts";
import { cacheFolder } from "../../kernels/folders.ts";
import { pack } from "../../kernels/initramfs.ts";
import type { Kernel } from "../../kernels/kernel.ts";
import { kernels } from "../../kernels/list.ts";
import { type MachineEvent, run } from "../../kernels/machine.ts";
import { programPath } from "../../kernels/payload.ts";
import { provision } from "../../kernels/provision.ts";
import type { Draws } from "./lab_draws.ts";

/** The kernel of these guests; before 5.8 there was no `sysctl.` on a command line. */
const base = kernels.find(({ id }) => id === "debian-6.1");

/** A guest whose program draws, with these words for its kernel; frozen, where there is a cache for it. */
async function life(
  words: readonly string[],
  frozen?: string,
): Promise<MachineEvent[]> {
  assert.ok(base);
  const cache = cacheFolder();
  const kernel: Kernel = { ...base, cmdline: [...base.cmdline, ...words] };
  const image = await provision(base, { cache, mirrors: {} });
  const program = fileURLToPath(new URL("lab_draws.ts", import.meta.url));
  const archives = await pack({
    ...{ args: [], libraries: [] },
    files: await bundle(program, programPath),
  }, cache);
  return await Array.fromAsync(run({ ...image, kernel }, archives, {
    ...{ cpus: 1, memoryMiB: 768, accel: "tcg", timeoutMs: 60_000 },
    ...(frozen !== undefined && { frozen }),
  }));
}

describe("a guest that is brought back twice", () => {
  let frozen: string;

  before(async () => {
    frozen = await Deno.makeTempDir({ dir: "/var/tmp", prefix: "frozen-" });
  });

  after(() => Deno.remove(frozen, { recursive: true }));

  /** What a life draws, of a machine that is made in this run, or was in the one before. */
  async function draws(machine: "new" | "old"): Promise<Draws> {
    const events = await life([], frozen);
    const [up, line, end] = events.filter(({ type }) => type !== "freezing");
    const told = JSON.stringify(events);
    assert.ok(up?.type === "up" && up.start === "warm", told);
    // Two machines draw different numbers in any case.
    assert.equal(up.freezeMs === undefined ? "old" : "new", machine, told);
    assert.ok(line?.type === "line" && end?.type === "exit", told);
    return JSON.parse(line.text);
  }

  it("draws no number twice", async () => {
    const [one, two] = [await draws("new"), await draws("old")];
    const names = Object.keys(one);
    assert.deepEqual(Object.keys(two), names);
    const same = names.filter((name) => one[name] === two[name]);
    assert.deepEqual(same, []);
  });
});

describe("a guest whose kernel makes no more processes", () => {
  it("cannot start its program, and says so at once", async () => {
    // The kernel's own threads are more than that already.
    const [up, end] = await life(["sysctl.kernel.threads-max=20"]);
    assert.equal(up?.type, "up");
    assert.ok(end?.type === "lost");
    assert.equal(
      end.why,
      "The first process could not start /bin/deno: errno 11",
    );
  });
});
