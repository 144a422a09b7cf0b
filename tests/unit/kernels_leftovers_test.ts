/**
 * What runs have left in the cache: what nobody takes up is removed, and all else stays.
 *
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { arches } from "../../kernels/arch.ts";
import { FrozenMachines, type Made } from "../../kernels/frozen.ts";
import type { Image, Lock } from "../../kernels/kernel.ts";
import { readLast } from "../../kernels/last_time.ts";
import { makingsOf } from "../../kernels/makings.ts";
import { prune, prunedText } from "../../kernels/upkeep.ts";
import { golden } from "./golden.ts";
import { entry, Lab, row, suite } from "./kernels_lab.ts";

const hourMs = 3_600_000;

/** When a file, or those in a folder, were used last, before now. */
function age(path: string, ms: number): void {
  if (Deno.statSync(path).isDirectory) {
    for (const { name } of Deno.readDirSync(path)) age(`${path}/${name}`, ms);
  }
  const then = new Date(Date.now() - ms);
  Deno.utimeSync(path, then, then);
}

describe("what runs have left in the cache", () => {
  const { PATH = "" } = Deno.env.toObject();
  let lab: Lab;
  let image: Image;

  before(async () => {
    lab = await Lab.open(undefined);
    image = await lab.have();
    const { qemu } = arches[image.arch];
    const bin = `${lab.cache}/bin`;
    const text = '#!/bin/sh\necho "QEMU emulator version 7.2.22"\n';
    await Deno.mkdir(bin);
    await Deno.writeTextFile(`${bin}/${qemu}`, text, { mode: 0o755 });
    Deno.env.set("PATH", `${bin}:${PATH}`);
  });

  after(async () => {
    Deno.env.set("PATH", PATH);
    await lab[Symbol.asyncDispose]();
  });

  /** What is removed, by its path in the cache. */
  async function removed(lock?: Lock): Promise<string[]> {
    const all = await Array.fromAsync(prune(lab.cache, [row()], lock));
    return all.map(({ path }) => path.slice(lab.cache.length + 1));
  }

  async function file(name: string, ms: number): Promise<void> {
    const path = `${lab.cache}/${name}`;
    const folder = path.replace(/\/[^/]*$/, "");
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(path, name);
    age(path, ms);
    // A folder of several files is as old as they are.
    const then = new Date(Date.now() - ms);
    await Deno.utime(folder, then, then);
  }

  /** A frozen machine that was used last this long ago; its name. */
  async function frozen(
    ms: number,
    different: Partial<Made> = {},
    kernel: Image = image,
  ): Promise<string> {
    const made: Made = {
      ...{ image: kernel.sha256, base: "now.cpio" },
      ...{ cpus: 1, memoryMiB: 64, accel: "tcg", ...different },
    };
    const machines = new FrozenMachines(lab.cache);
    await using part = await machines.part();
    for (const name of ["ram", "state"]) {
      await Deno.writeTextFile(`${part.path}/${name}`, name);
    }
    const key = await machines.key(
      await makingsOf(kernel, made.base, made),
    );
    await machines.place(key, part, made);
    const path = `${lab.cache}/machines/${key}`;
    age(path, ms);
    return `machines/${key}`;
  }

  it("are frozen machines of other kernels, Denos and command lines", async () => {
    const { kernel } = image;
    const present = await frozen(2 * hourMs);
    const larger = await frozen(3 * hourMs, { memoryMiB: 65 });
    const inUse = await frozen(hourMs / 2, {}, { ...image, sha256: "other" });
    const stale = [
      await frozen(3 * hourMs, { base: "before.cpio" }),
      await frozen(3 * hourMs, {}, { ...image, sha256: "gone" }),
      await frozen(3 * hourMs, {}, {
        ...image,
        kernel: { ...kernel, cmdline: ["no-more"] },
      }),
    ];
    const unknown = `${lab.cache}/${await frozen(3 * hourMs, { cpus: 2 })}`;
    await Deno.remove(`${unknown}/made.json`);
    age(unknown, 3 * hourMs);
    stale.push(unknown.slice(lab.cache.length + 1));
    assert.deepEqual((await removed()).sort(), stale.sort());
    const left = await new FrozenMachines(lab.cache).all();
    assert.deepEqual(
      left.map(({ name }) => `machines/${name}`).sort(),
      [present, larger, inUse].sort(),
    );
  });

  it("are no machine of a kernel that a row had last, or that a lock pins", async () => {
    const pinned = await lab.have();
    const { pin } = await readLast(row(), lab.cache);
    assert.ok(pin);
    const lock = { "debian-6.12": pin };
    await lab.archive.publish(suite, [await entry("6.12.11")]);
    for (const name of ["rows", "indexes"]) {
      await Deno.remove(`${lab.cache}/kernels/${name}`, { recursive: true });
    }
    const last = await lab.have();
    assert.notEqual(last.sha256, pinned.sha256);
    const [ofPin, ofLast] = [
      await frozen(3 * hourMs, { cpus: 3 }, pinned),
      await frozen(3 * hourMs, { cpus: 3 }, last),
    ];
    assert.deepEqual(await removed(lock), []);
    // What is pinned elsewhere only is of no use here.
    const gone = await removed({});
    assert.ok(gone.includes(ofPin) && !gone.includes(ofLast), `${gone}`);
  });

  it("are no machine where a stray file is, which is left alone", async () => {
    const machines = new FrozenMachines(lab.cache);
    const all = await machines.all();
    await file("machines/notes", 3 * hourMs);
    assert.deepEqual(await machines.all(), all);
    assert.deepEqual(await removed(), []);
  });

  it("are archives that were not used for a day, but the last of each kind, and their sums", async () => {
    const day = 24 * hourMs;
    for (const store of ["initramfs", "initramfs/programs", "vagrant"]) {
      await file(`${store}/last`, 3 * day);
      await file(`${store}/old`, 4 * day);
    }
    await file("vagrant/today", hourMs * 2);
    await file("sums/old.json", 4 * day);
    await file("sums/last.json", 4 * day);
    await file("init/last", 3 * day);
    await file("init/old", 4 * day);
    assert.deepEqual(await removed(), [
      ...["initramfs/old", "initramfs/programs/old", "vagrant/last"],
      ...["vagrant/old", "sums/old.json"],
    ]);
  });

  it("are userlands of other versions, and what is not named any more", async () => {
    const day = 24 * hourMs;
    const [used, unused, memory] = ["a", "b", "c"].map((c) => c.repeat(64));
    const own = `deno-${Deno.version.deno}-aarch64`;
    for (
      const name of [
        ...[`${own}/deno`, `${own}.looks.json`, `${own}.x.part/deno`],
        ...["deno-1.0.0-aarch64/deno", "deno-1.0.0-aarch64.looks.json"],
        ...[`${used}/a.so`, `${unused}/b.so`, `${unused}.looks.json`],
      ]
    ) await file(`userland/${name}`, 2 * day);
    const path = `${lab.cache}/userland/${memory}.json`;
    await Deno.writeTextFile(path, `{"offers":[{"sha256":"${used}"}]}`);
    age(path, 2 * day);
    assert.deepEqual(await removed(), [
      `userland/${unused}`,
      `userland/${unused}.looks.json`,
      ...["deno-1.0.0-aarch64", "deno-1.0.0-aarch64.looks.json"]
        .map((name) => `userland/${name}`),
      `userland/${own}.x.part`,
    ]);
  });

  it("may be gone when their turn to be removed comes", async () => {
    const day = 24 * hourMs;
    const names = ["a", "b", "c"].map((name) => `vagrant/${name}`);
    for (const name of names) await file(name, 3 * day);
    const seen: string[] = [];
    for await (const { path } of prune(lab.cache, [row()])) {
      seen.push(path.slice(lab.cache.length + 1));
      await Deno.remove(`${lab.cache}/vagrant`, { recursive: true });
    }
    assert.equal(seen.length, 1, `${seen}`);
  });

  it("may go between the look at them and their removal", async () => {
    await file("kernels/parts/x.part/file", 72 * hourMs);
    const { remove } = Deno;
    // Another run is first.
    Deno.remove = async (path, options) => {
      await remove(path, options);
      await remove(path, options);
    };
    try {
      assert.deepEqual(await removed(), []);
    } finally {
      Deno.remove = remove;
    }
  });

  it("are told with what they took of the disk", () => {
    const pruned = [
      { path: "/cache/kernels/ab", bytes: 12_345_678 },
      { path: "/cache/machines/cd", bytes: 312_400_000 },
      { path: "/cache/machines/ef", bytes: 1_312_400_000 },
    ];
    const texts = [prunedText("/cache", pruned), prunedText("/cache", [])];
    golden("pruned.txt", `${texts.join("\n\n")}\n`);
  });
});
