/**
 * The kernel image in a Debian package.
 *
 * @module
 */
import { type Member, members, readAt } from "./ar.ts";
import { Unavailable } from "./kernel.ts";
import { tarEntries } from "./tar.ts";
import { type Bytes, unpack } from "./unpack.ts";

const chunkSize = 1 << 18;
/** A bound on what an archive can make us write; Debian's images have 5 to 15 MB. */
const maxImage = 1 << 28;

async function* slice(
  file: Deno.FsFile,
  member: Member,
  signal?: AbortSignal,
): Bytes {
  const end = member.offset + member.size;
  for (let at = member.offset; at < end; at += chunkSize) {
    signal?.throwIfAborted();
    yield await readAt(file, at, Math.min(chunkSize, end - at));
  }
}

async function data(file: Deno.FsFile): Promise<Member> {
  for await (const member of members(file)) {
    if (member.name.startsWith("data.tar")) return member;
  }
  throw new Error("It has no data.tar");
}

/** Since Linux 7 Debian's packages hold the image beside the modules. */
const imageName =
  /^(\.?\/)?(boot\/vmlinuz-[^/]+|usr\/lib\/modules\/[^/]+\/vmlinuz)$/;

/** Whether an image was found and written to `to`; what follows it is not read. */
async function writeImage(tar: Bytes, to: string): Promise<boolean> {
  for await (const { name, isFile, size, body } of tarEntries(tar)) {
    if (!isFile || !imageName.test(name)) continue;
    if (size > maxImage) throw new Error("Its image is too large");
    await Deno.writeFile(to, ReadableStream.from(body), { createNew: true });
    return true;
  }
  return false;
}

/**
 * Unpacks the kernel image of the package `deb` to the new file `to`. No name
 * in the package decides a path. Throws {@link Unavailable}, or the signal's reason.
 */
export async function unpackImage(
  deb: string,
  to: string,
  signal?: AbortSignal,
): Promise<void> {
  using file = await Deno.open(deb);
  try {
    const member = await data(file);
    const tar = unpack(member.name, slice(file, member, signal));
    if (await writeImage(tar, to)) return;
    throw new Error("It holds no kernel image");
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof Unavailable) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new Unavailable(`Cannot unpack the kernel's package: ${why}`);
  }
}
