/**
 * The members of an ar archive, which is what a Debian package is: deb(5).
 *
 * @module
 */
import { bytesAt } from "./bytes_at.ts";

/** One file in an archive: where its bytes are, not the bytes. */
export interface Member {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

const magic = "!<arch>\n";
const headerSize = 60;

async function textAt(
  file: Deno.FsFile,
  offset: number,
  length: number,
): Promise<string> {
  return new TextDecoder("latin1").decode(await bytesAt(file, offset, length));
}

function parseHeader(header: string, offset: number): Member {
  const fields = /^(.{16}).{32}(\d{1,10}) *`\n$/s.exec(header);
  if (fields === null) {
    throw new Error(`The archive is damaged at byte ${offset}`);
  }
  // Debian ends names by spaces, GNU ar by a slash and spaces.
  const name = (fields[1] ?? "").replace(/\/? *$/, "");
  return { name, offset: offset + headerSize, size: Number(fields[2]) };
}

/** The members of `file`, in their order. Throws where it is no archive, damaged or cut short. */
export async function* members(file: Deno.FsFile): AsyncGenerator<Member> {
  const { size } = await file.stat();
  if (await textAt(file, 0, magic.length) !== magic) {
    throw new Error("It is not an ar archive");
  }
  for (let offset = magic.length; offset < size;) {
    const member = parseHeader(await textAt(file, offset, headerSize), offset);
    const end = member.offset + member.size;
    if (end > size) {
      throw new Error(`The archive is cut short: ${size} of ${end} bytes`);
    }
    yield member;
    offset = end + end % 2; // Members begin at even offsets.
  }
}
