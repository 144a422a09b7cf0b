/**
 * Reads newc archives that follow each other, as the kernel does, for the tests of the writer.
 *
 * @module
 */

/** One entry as it was read. */
export interface Member {
  readonly name: string;
  readonly mode: number;
  readonly content: Uint8Array;
}

/** All entries but the trailers. */
export function readArchive(bytes: Uint8Array): Member[] {
  const members: Member[] = [];
  for (let at = 0; at < bytes.length;) {
    const { member, next } = readMember(bytes, at);
    if (member.name !== "TRAILER!!!") members.push(member);
    at = next;
  }
  return members;
}

function readMember(
  bytes: Uint8Array,
  at: number,
): { member: Member; next: number } {
  const text = new TextDecoder();
  const header = text.decode(bytes.subarray(at, at + 110));
  if (!header.startsWith("070701")) throw new Error(`No magic at ${at}`);
  const field = (index: number): number =>
    parseInt(header.slice(6 + index * 8, 14 + index * 8), 16);
  const nameEnd = at + 110 + field(11);
  const start = nameEnd + (4 - nameEnd % 4) % 4;
  const end = start + field(6);
  const name = text.decode(bytes.subarray(at + 110, nameEnd - 1));
  const member = { name, mode: field(1), content: bytes.slice(start, end) };
  return { member, next: end + (4 - end % 4) % 4 };
}
