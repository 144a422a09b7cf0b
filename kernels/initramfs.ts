/**
 * Packs all that a guest is made of into one archive that the kernel unpacks into memory: the first
 * process, Deno, shared libraries, the program. No disk, no network and no kernel module is needed,
 * so that any kernel with a serial port boots it.
 *
 * @module
 */
import { basename } from "node:path";
import {
  characterDevice,
  type Entry,
  fifo,
  file,
  folder,
  withFolders,
  writeArchive,
} from "./cpio.ts";
import { FileDigests, sha256 } from "./digest.ts";
import { buildInit } from "./init.ts";
import { keptArchive } from "./kept_archive.ts";
import type { Program } from "./machine.ts";
import { orderPath } from "./order.ts";
import { type GuestFiles, type Payload, payloadOf } from "./payload.ts";
import { ownUserland, type Userland } from "./userland.ts";

/**
 * What has to be there before the first process mounts devtmpfs over it: without `dev/console` the
 * kernel starts it with no stdout to complain on; the others serve a kernel without devtmpfs.
 */
const NODES = [
  characterDevice("dev/console", 5, 1),
  characterDevice("dev/ttyS0", 4, 64),
  characterDevice("dev/ttyS1", 4, 65),
  characterDevice("dev/null", 1, 3),
  characterDevice("dev/random", 1, 8),
  characterDevice("dev/urandom", 1, 9),
];

/** What a guest is made of: two archives, by their paths. */
export interface Archives {
  /** The cache that they lie in. */
  readonly cache: string;
  /** All but the program, to boot and wait for one: Deno, libraries, first process. */
  readonly base: string;
  /** The program alone. */
  readonly program: string;
}

/**
 * The archives for `program`, below `cache` and named by their contents; with the Deno and the
 * libraries of this machine, or those of another processor.
 *
 * @throws {Error} when a file, a library or a tool is missing on this machine, naming it.
 */
export async function pack(
  program: Program,
  cache: string,
  foreign?: Userland,
): Promise<Archives> {
  await using digests = await FileDigests.open(`${cache}/digests.json`);
  const userland = foreign ?? await ownUserland(program);
  const payload = await payloadOf(program, userland, "order");
  const init = await buildInit(cache, userland.arch);
  const base = withFolders(await baseEntries(payload, init));
  const own = withFolders(await fileEntries(payload.own));
  const placed = async (
    folder: string,
    entries: readonly Entry[],
  ): Promise<string> =>
    await keptArchive(
      `${cache}/initramfs/${folder}/${await keyOf(entries, digests)}.cpio`,
      cache,
      (path) => archive(path, entries),
    );
  return {
    cache,
    base: await placed("base", base),
    program: await placed("programs", own),
  };
}

/**
 * The path of both in one, for a kernel that boots and finds its program there: it unpacks archives
 * that follow each other.
 */
export async function joined(
  { cache, base, program }: Archives,
): Promise<string> {
  const key = await sha256(`${basename(base)} ${basename(program)}`);
  const path = `${cache}/initramfs/${key}.cpio`;
  return await keptArchive(path, cache, async (part) => {
    await Deno.copyFile(base, part);
    using front = await Deno.open(program);
    using whole = await Deno.open(part, { append: true });
    await front.readable.pipeTo(whole.writable);
  });
}

async function baseEntries(
  { base, argv, environ }: Payload,
  init: string,
): Promise<Entry[]> {
  return [
    await hostFile("init", init),
    ...["proc", "sys", "tmp", "root"].map(folder),
    ...NODES,
    ...await fileEntries(base),
    fifo(orderPath.slice(1)),
    file("ringside/argv", words(argv), 0o644),
    file("ringside/environ", words(environ), 0o644),
  ];
}

async function fileEntries(files: GuestFiles): Promise<Entry[]> {
  return await Promise.all(
    Object.entries(files).map(([name, content]) =>
      typeof content === "string"
        ? hostFile(name.slice(1), content)
        : file(name.slice(1), content, 0o644)
    ),
  );
}

/** NUL behind each word, as init.c reads them. */
function words(list: readonly string[]): Uint8Array {
  return new TextEncoder().encode(list.map((word) => `${word}\0`).join(""));
}

async function hostFile(name: string, path: string): Promise<Entry> {
  const { size, mode, isFile } = await Deno.stat(path).catch((error) => {
    throw new Error(`Cannot take ${path} into the guest: ${error.message}`);
  });
  if (!isFile) {
    throw new Error(`Cannot take ${path} into the guest: it is not a file`);
  }
  return file(name, { path, size }, (mode ?? 0) & 0o111 ? 0o755 : 0o644);
}

/** Names, modes and contents, in order. */
async function keyOf(
  entries: readonly Entry[],
  digests: FileDigests,
): Promise<string> {
  const rows = await Promise.all(
    entries.map(async ({ name, mode, content }) => {
      if (!content) return [name, mode];
      const digest = content instanceof Uint8Array
        ? sha256(content)
        : digests.of(content.path);
      return [name, mode, await digest];
    }),
  );
  return await sha256(JSON.stringify(rows));
}

/** Adds an archive to the end of the file. */
async function archive(path: string, entries: readonly Entry[]): Promise<void> {
  using out = await Deno.open(path, { append: true, create: true });
  await writeArchive(entries, async (chunk) => {
    for (let done = 0; done < chunk.length;) {
      done += await out.write(chunk.subarray(done));
    }
  });
}
