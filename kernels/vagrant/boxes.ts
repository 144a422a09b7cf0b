/**
 * The machines that the Vagrantfile knows: those of boxes.json, and the boxes that
 * `deno task kernels box` has built on this machine.
 *
 * @module
 */
import { join } from "node:path";
import { namesIn } from "../cached.ts";
import { dataFolder } from "../folders.ts";
import type { Named } from "../kernel.ts";
import listed from "./boxes.json" with { type: "json" };

/** One row: a machine of the Vagrantfile, whose name is the row's id. */
export interface Box extends Named {
  /** Its name in a catalogue, such as `debian/buster64`. */
  readonly box: string;
  /** Of a built box: the path of its catalogue, and its version. */
  readonly built?: { readonly catalogue: string; readonly version: string };
}

/** Every box of the public catalogue that has a row, oldest kernel first. */
export const boxes: readonly Box[] = listed.map((row) => ({
  ...row,
  expects: row.expects === "ring" ? "ring" : "perf",
}));

/** The folder of the built boxes, each in a folder by the name of its suite. */
export function boxFolder(): string {
  return join(dataFolder(), "boxes");
}

/** The boxes that were built on this machine, by their names. */
export async function ownBoxes(): Promise<Box[]> {
  const found = await Promise.all((await namesIn(boxFolder())).map(ownBox));
  return found.filter((box) => box !== undefined)
    .sort((a, b) => a.id < b.id ? -1 : 1);
}

async function ownBox(name: string): Promise<Box | undefined> {
  const catalogue = join(boxFolder(), name, "catalogue.json");
  let text: string;
  try {
    text = await Deno.readTextFile(catalogue);
  } catch {
    return undefined; // half built, or something else
  }
  const { name: box, versions } = JSON.parse(text);
  const { version } = versions.at(-1);
  const label = `Own box ${name}`;
  return { id: `own-${name}`, label, box, built: { catalogue, version } };
}
