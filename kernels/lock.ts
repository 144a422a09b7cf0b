/**
 * `kernels.lock`: the exact packages of a project's rows, so that every run of
 * it has the same kernels.
 *
 * @module
 */
import { resolve } from "node:path";
import { readJson, writeJson } from "./cached.ts";
import { isUsable } from "./index_format.ts";
import type { Lock, Pin } from "./kernel.ts";
import { sites } from "./sites.ts";
import { UsageError } from "./usage_error.ts";

/** The file of the project that runs. */
export const lockPath = "kernels.lock";

const schema = "ringside-kernels/1";

interface Contents {
  readonly schema: string;
  readonly kernels: Lock;
}

function isPin({ archive, ...pin }: Pin): boolean {
  const texts = [pin.name, pin.version, pin.filename, archive?.suite];
  return texts.every((text) => typeof text === "string") &&
    Object.hasOwn(sites, archive.site) && isUsable(pin);
}

/** The pins of the file at `path`; none where there is no file. Throws {@link UsageError}. */
export async function readLock(path = lockPath): Promise<Lock | undefined> {
  const isThere = await Deno.stat(path).then(() => true, () => false);
  if (!isThere) return undefined;
  const read = await readJson<Partial<Contents>>(path);
  const whole = read?.schema === schema &&
    Object.values(read.kernels ?? {}).every(isPin);
  if (whole) return read?.kernels ?? {};
  throw new UsageError(
    `Cannot read ${path}: write it again with deno task kernels fetch --lock`,
  );
}

/** Replaces the pins of these rows in the file at `path`; others stay as they are. */
export async function writeLock(pins: Lock, path = lockPath): Promise<void> {
  const kernels = { ...await readLock(path), ...pins };
  const sorted = Object.entries(kernels).sort(([a], [b]) => a < b ? -1 : 1);
  const contents = { schema, kernels: Object.fromEntries(sorted) };
  await writeJson(resolve(path), contents);
}
