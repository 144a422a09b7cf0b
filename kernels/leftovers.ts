/**
 * What lies in the cache beside kernels, and is taken up by no run any more: frozen machines of other
 * kernels, Denos or settings, archives, userlands of other versions.
 *
 * @module
 */
import { join } from "node:path";
import { filesIn, namesIn, readJson } from "./cached.ts";
import { FrozenMachines, type Made } from "./frozen.ts";
import type { Image } from "./kernel.ts";
import { makingsOf } from "./makings.ts";

/** Names in a folder, and how long they must not have been used to be removed. */
export interface Leftover {
  readonly folder: string;
  readonly names: readonly string[];
  readonly ageMs: number;
}

/** A run that began within this time may be about to take up what it found. */
const hourMs = 60 * 60 * 1000;
/** An archive is made anew in seconds, but that of a long run may be wanted at its end. */
const dayMs = 24 * hourMs;
const monthMs = 30 * dayMs;

/** Where archives are whose sums are kept. */
const stores = [
  ...["initramfs", "initramfs/base", "initramfs/programs"],
  "vagrant",
];

/** All of it, one after the other; `images` are those that the rows have. */
export async function* leftovers(
  cache: string,
  images: readonly Image[],
): AsyncGenerator<Leftover> {
  yield await staleMachines(cache, images);
  for (const name of stores) {
    const folder = join(cache, name);
    yield { folder, names: await unused(folder), ageMs: dayMs };
  }
  yield await staleSums(cache);
  yield* await staleUserland(join(cache, "userland"));
  const init = join(cache, "init");
  yield { folder: init, names: await unused(init), ageMs: monthMs };
}

/** The sums of archives that are gone. */
async function staleSums(cache: string): Promise<Leftover> {
  const archives = await Promise.all(
    stores.map((name) => namesIn(join(cache, name))),
  );
  const there = new Set(archives.flat().map((name) => `${name}.json`));
  const folder = join(cache, "sums");
  const names = (await namesIn(folder)).filter((name) => !there.has(name));
  return { folder, names, ageMs: hourMs };
}

/** All files but the one used last: whoever takes up such a file marks it. */
async function unused(folder: string): Promise<string[]> {
  return (await filesIn(folder)).slice(1).map(({ name }) => name);
}

/**
 * Frozen machines that no row would take up, made now: of a kernel that no row has, by another QEMU
 * or with another command line. And those with another Deno, or other libraries, than the machine used last.
 */
async function staleMachines(
  cache: string,
  images: readonly Image[],
): Promise<Leftover> {
  const machines = new FrozenMachines(cache);
  const all = await machines.all();
  const present = all.find(({ made }) => made !== undefined)?.made?.base;
  const names: string[] = [];
  for (const { name, made } of all) {
    const isOfUse = made !== undefined && made.base === present &&
      await isTakenUp(name, made, images, machines);
    if (!isOfUse) names.push(name);
  }
  return { folder: machines.folder, names, ageMs: hourMs };
}

/** Whether a row's run with these settings looks for the machine by this name. */
async function isTakenUp(
  name: string,
  { image, base, ...how }: Made,
  images: readonly Image[],
  machines: FrozenMachines,
): Promise<boolean> {
  for (const one of images.filter(({ sha256 }) => sha256 === image)) {
    try {
      const makings = await makingsOf(one, base, how);
      if (await machines.key(makings) === name) return true;
    } catch {
      return true; // Without QEMU nobody knows.
    }
  }
  return false;
}

/** Deno of other versions, and the libraries that none of what was taken within a month names. */
async function staleUserland(folder: string): Promise<Leftover[]> {
  const all = await namesIn(folder);
  const isMemory = (name: string): boolean => /^[0-9a-f]{64}\.json$/.test(name);
  const memories = all.filter(isMemory);
  const named = new Set([`deno-${Deno.version.deno}`]);
  for (const name of memories) {
    const path = join(folder, name);
    const last = await readJson<{ offers: { sha256: string }[] }>(path);
    for (const { sha256 } of last?.offers ?? []) named.add(sha256);
  }
  // What is kept of one is NAME and NAME.looks.json; a part of that, or what an earlier version was
  // killed at, is called NAME.….part.
  const isKept = (name: string): boolean =>
    !name.endsWith(".part") &&
    named.has(
      /^(?:[0-9a-f]{64}|deno-[^-]+)/.exec(name)?.[0] ?? "",
    );
  const others = all.filter((name) => !isMemory(name) && !isKept(name));
  return [
    { folder, names: memories, ageMs: monthMs },
    { folder, names: others, ageMs: dayMs },
  ];
}
