/**
 * `deno task kernels`: which kernels there are, having them, keeping them in order.
 *
 * @module
 */
import { box, boxHelp } from "./box.ts";
import { type Command, help, readCommand, type Verb } from "./command.ts";
import { openCache } from "./cache_folder.ts";
import { taskStatus, unavailable } from "./exit.ts";
import { cacheFolder } from "./folders.ts";
import { interruption } from "./interruption.ts";
import {
  type Image,
  type Kernel,
  type Lock,
  type ProvisionOptions,
  Unavailable,
} from "./kernel.ts";
import { kernels } from "./list.ts";
import { readLock } from "./lock.ts";
import { addOwn, ownKernels } from "./own.ts";
import { pinImages } from "./pinning.ts";
import { held, provision } from "./provision.ts";
import { namedKernel, selectKernels } from "./select.ts";
import { print, table, teller } from "./terminal.ts";
import { prune, prunedText } from "./upkeep.ts";
import { UsageError } from "./usage_error.ts";
import { checkedText, verifyImages, verifyOwn, wayOutText } from "./verify.ts";

async function chosen({ patterns }: Command): Promise<readonly Kernel[]> {
  return selectKernels(patterns, [...kernels, ...await ownKernels()]);
}

async function list(command: Command): Promise<number> {
  const rows = command.patterns.length === 0
    ? [...kernels, ...await ownKernels()]
    : await chosen(command);
  const keeping = { cache: cacheFolder(), lock: await readLock() };
  const lines = await Promise.all(rows.map(async (kernel) => {
    const { had = "not had", from = "" } = await held(kernel, keeping);
    const { id, label, role = "", expects = "", simulated } = kernel;
    const shown = simulated === undefined ? label : `${label} (simulated)`;
    return [id, shown, expects, role, had, from];
  }));
  print(table(lines));
  return 0;
}

function provisioning(
  { mirrors, offline }: Command,
  id: string,
  signal: AbortSignal,
  lock?: Lock,
): ProvisionOptions {
  return {
    cache: cacheFolder(),
    mirrors,
    offline,
    signal,
    lock,
    progress: teller(id),
    warn: (text) => print(`${id}: warning: ${text}`, Deno.stderr),
  };
}

/** The image of a row, or nothing, and then it was said why. */
async function have(
  kernel: Kernel,
  options: ProvisionOptions,
): Promise<Image | undefined> {
  try {
    return await provision(kernel, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof Unavailable)) throw error;
    print(`${kernel.id}: ${error.message}`, Deno.stderr);
    return undefined;
  }
}

async function fetchAll(command: Command): Promise<number> {
  using interrupt = interruption();
  await openCache();
  const rows = await chosen(command);
  // Also where it is to be written: what is broken is said before anything is had.
  const before = await readLock();
  const lock = command.lock ? undefined : before;
  const images = await Promise.all(rows.map(async (kernel) => {
    const { signal } = interrupt;
    const options = provisioning(command, kernel.id, signal, lock);
    const image = await have(kernel, options);
    if (image) print(`${kernel.id}: ${image.release} in ${image.path}`);
    return image;
  }));
  if (command.lock) {
    const had = images.filter((image) => image !== undefined);
    print((await pinImages(had, cacheFolder())).join("\n"));
  }
  return images.every(Boolean) ? 0 : unavailable;
}

async function verify(): Promise<number> {
  const own = await ownKernels();
  const cache = cacheFolder();
  const images = verifyImages(cache, kernels, await readLock());
  const checked = [
    ...await Array.fromAsync(images),
    ...await Array.fromAsync(verifyOwn(own)),
  ];
  if (checked.length === 0) {
    print(
      `No kernel is kept in ${cache} yet: deno task kernels fetch has them`,
    );
    return 0;
  }
  print(checkedText(checked));
  const wayOut = wayOutText(checked);
  if (wayOut === "") return 0;
  print(wayOut, Deno.stderr);
  return unavailable;
}

async function pruneAll(): Promise<number> {
  const cache = await openCache();
  const rows = [...kernels, ...await ownKernels()];
  const pruned = prune(cache, rows, await readLock());
  print(prunedText(cache, await Array.fromAsync(pruned)));
  return 0;
}

async function add(command: Command): Promise<number> {
  const [named = "", ...others] = command.patterns;
  const equals = named.indexOf("=");
  // An address has a "=" of its own, before its checksum.
  const isLabelled = equals >= 0 && !/^https?:\/\//.test(named);
  if (!isLabelled || others.length > 0) {
    throw new UsageError("add takes one kernel, as LABEL=SOURCE");
  }
  using interrupt = interruption();
  await openCache();
  const label = named.slice(0, equals);
  const kernel = namedKernel(label, named.slice(equals + 1));
  const options = provisioning(command, label, interrupt.signal);
  const image = await have(kernel, options);
  if (image === undefined) return unavailable;
  const { id } = await addOwn(image);
  print(`${id}: ${image.release}`);
  return 0;
}

const acts: Readonly<Record<Verb, (command: Command) => Promise<number>>> = {
  list,
  fetch: fetchAll,
  verify,
  prune: pruneAll,
  add,
  box,
};

async function main(argv: readonly string[]): Promise<number> {
  const command = readCommand(argv);
  if (!command.help) return await acts[command.verb](command);
  print((command.verb === "box" ? boxHelp : help).trimEnd());
  return 0;
}

if (import.meta.main) Deno.exitCode = await taskStatus(main);
