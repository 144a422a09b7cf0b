/**
 * Writes newc archives, the format of an initramfs (the kernel's
 * Documentation/driver-api/early-userspace/buffer-format.rst).
 *
 * Own, because the same contents have to give the same bytes on every machine, and because device
 * nodes go in without being root: both are a fight with cpio(1).
 *
 * @module
 */

/** Contents that stay on disk until they are written. */
export interface HostFile {
  readonly path: string;
  readonly size: number;
}

/** One file, folder or device node of an archive. */
export interface Entry {
  /** Path below the root, without a slash in front: `bin/deno`. */
  readonly name: string;
  /** Type and permission bits, as in stat(2). */
  readonly mode: number;
  readonly content?: Uint8Array | HostFile;
  readonly device?: { readonly major: number; readonly minor: number };
}

/** Takes the whole chunk before it resolves. */
export type Sink = (chunk: Uint8Array) => Promise<void>;

const FOLDER = 0o040000;
const FILE = 0o100000;
const CHARACTER_DEVICE = 0o020000;
const FIFO = 0o010000;

/** A folder that everyone may read. */
export function folder(name: string): Entry {
  return { name, mode: FOLDER | 0o755 };
}

/** A file; `permissions` such as `0o755`. */
export function file(
  name: string,
  content: Uint8Array | HostFile,
  permissions: number,
): Entry {
  return { name, mode: FILE | permissions, content };
}

/** A FIFO that its owner may use. */
export function fifo(name: string): Entry {
  return { name, mode: FIFO | 0o600 };
}

/** A character device such as `dev/console` (5, 1). */
export function characterDevice(
  name: string,
  major: number,
  minor: number,
): Entry {
  return { name, mode: CHARACTER_DEVICE | 0o600, device: { major, minor } };
}

/**
 * The entries with every folder that they need in front of them, each once: the kernel does not
 * make the parents of what it unpacks.
 */
export function withFolders(entries: readonly Entry[]): Entry[] {
  const seen = new Set<string>();
  return entries.flatMap((entry) => {
    const steps = entry.name.split("/");
    const parents = steps.slice(0, -1).map((_, at) =>
      steps.slice(0, at + 1).join("/")
    );
    const fresh = parents.filter((name) => !seen.has(name)).map(folder);
    if (seen.has(entry.name) && entry.mode === folder(entry.name).mode) {
      return fresh;
    }
    for (const { name } of [...fresh, entry]) seen.add(name);
    return [...fresh, entry];
  });
}

/**
 * Writes `entries` in their order, and the trailer.
 *
 * @throws {RangeError} for a name or a size that the format or the kernel cannot hold.
 * @throws {Error} when a file on disk has another size than its entry says.
 */
export async function writeArchive(
  entries: Iterable<Entry>,
  sink: Sink,
): Promise<void> {
  // Inode numbers only tell hard links apart. All entries have one link, so counting is enough,
  // and two archives may be written one behind the other.
  let inode = 1;
  for (const entry of entries) {
    await sink(header(entry, inode++));
    await writeContent(entry.content ?? new Uint8Array(), sink);
  }
  await sink(header({ name: "TRAILER!!!", mode: 0 }, 0));
}

async function writeContent(
  content: Uint8Array | HostFile,
  sink: Sink,
): Promise<void> {
  const size = sizeOf(content);
  if (content instanceof Uint8Array) await sink(content);
  else await copy(content, sink);
  const gap = padding(size);
  if (gap > 0) await sink(new Uint8Array(gap));
}

async function copy({ path, size }: HostFile, sink: Sink): Promise<void> {
  using source = await Deno.open(path);
  const chunk = new Uint8Array(1 << 20);
  let copied = 0;
  for (
    let got = await source.read(chunk);
    got !== null;
    got = await source.read(chunk)
  ) {
    copied += got;
    if (copied > size) break;
    await sink(chunk.subarray(0, got));
  }
  if (copied !== size) {
    throw new Error(
      `Cannot archive ${path}: it changed its size while it was read (run again)`,
    );
  }
}

/** Magic, 13 fields of 8 hex digits, the name with its NUL, zeros up to a multiple of 4. */
function header(entry: Entry, inode: number): Uint8Array {
  const name = new TextEncoder().encode(checked(entry.name));
  const { major, minor } = entry.device ?? { major: 0, minor: 0 };
  const size = entry.content ? sizeOf(entry.content) : 0;
  if (size > 0xffff_ffff) {
    throw new RangeError(
      `Cannot archive ${entry.name}: more than 4 GiB do not fit newc`,
    );
  }
  const fields = [
    inode,
    entry.mode,
    ...[0, 0], // owner and group: root
    1, // links
    0, // time: the same contents give the same bytes
    size,
    ...[0, 0], // the device that holds the file
    major,
    minor,
    name.length + 1,
    0, // checksum: unused in newc
  ];
  const text = "070701" +
    fields.map((field) => field.toString(16).padStart(8, "0")).join("");
  const used = text.length + name.length + 1;
  const bytes = new Uint8Array(used + padding(used));
  new TextEncoder().encodeInto(text, bytes);
  bytes.set(name, text.length);
  return bytes;
}

/** The kernel skips names longer than PATH_MAX without a word, and follows `..`. */
function checked(name: string): string {
  const steps = name.split("/");
  if (
    steps.some((step) => step === "" || step === "." || step === "..") ||
    name.includes("\0")
  ) {
    throw new RangeError(
      `Cannot archive "${name}": not a plain path below the root`,
    );
  }
  if (new TextEncoder().encode(name).length > 4095) {
    throw new RangeError(
      `Cannot archive "${name.slice(0, 60)}…": longer than PATH_MAX`,
    );
  }
  return name;
}

function sizeOf(content: Uint8Array | HostFile): number {
  return content instanceof Uint8Array ? content.length : content.size;
}

function padding(size: number): number {
  return (4 - size % 4) % 4;
}
