/**
 * Files of keys as gpgv takes them.
 *
 * @module
 */
import { join } from "node:path";

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((stat) => stat.isFile, () => false);
}

/** The keys without the armour of RFC 9580, section 6, which rpm's keys come in and gpgv does not read. */
export function withoutArmour(
  bytes: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const text = new TextDecoder("latin1").decode(bytes).replaceAll("\r", "");
  const blocks = text.matchAll(
    /^-----BEGIN PGP [A-Z ]+-----\n(?:[^\n]+\n)*\n([^-]*?)(?:^=[\w+/]{4}\n)?^-----END /gm,
  );
  const packets = Array.from(
    blocks,
    ([, body = ""]) => Uint8Array.fromBase64(body),
  );
  if (packets.length === 0) return bytes;
  return new Uint8Array(packets.flatMap((packet) => [...packet]));
}

/** Those of `paths` that are there, each put into `folder` as gpgv takes it. */
export async function readKeyrings(
  paths: readonly string[],
  folder: string,
): Promise<string[]> {
  const rings: string[] = [];
  for (const path of paths) {
    if (!await isFile(path)) continue;
    const ring = join(folder, `${rings.length}.gpg`);
    await Deno.writeFile(ring, withoutArmour(await Deno.readFile(path)));
    rings.push(ring);
  }
  return rings;
}
