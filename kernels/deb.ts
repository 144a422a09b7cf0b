/**
 * The files in a Debian package: deb(5).
 *
 * @module
 */
import { type Member, members } from "./ar.ts";
import { sliceOf } from "./bytes_at.ts";
import type { Entry } from "./chunks.ts";
import { tarEntries } from "./tar.ts";
import { unpack } from "./unpack.ts";

async function data(file: Deno.FsFile): Promise<Member> {
  for await (const member of members(file)) {
    if (member.name.startsWith("data.tar")) return member;
  }
  throw new Error("It has no data.tar");
}

/** The files that the package `file` would install, in their order. */
export async function* debEntries(
  file: Deno.FsFile,
  signal?: AbortSignal,
): AsyncGenerator<Entry> {
  const { name, offset, size } = await data(file);
  const packed = sliceOf(file, offset, offset + size, signal);
  yield* tarEntries(unpack(name, packed));
}
