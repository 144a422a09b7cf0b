/**
 * Files of keys as gpgv takes them.
 *
 * @module
 */
import { join } from "node:path";
import { isFile } from "./is_file.ts";

/** The keys without the armour of RFC 9580, section 6, which rpm's keys come in and gpgv does not read. */
export function withoutArmour(
  bytes: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const text = new TextDecoder("latin1").decode(bytes).replaceAll("\r", "");
  const packets = bodiesOf(text).flatMap(decoded);
  return packets.length === 0 ? bytes : new Uint8Array(packets.flat());
}

/** What stands in each armour, behind its headers and before its checksum; line by line. */
function bodiesOf(text: string): string[] {
  const bodies: string[] = [];
  let body: string[] | undefined;
  let inHeaders = false;
  for (const line of text.split("\n")) {
    if (/^-----BEGIN PGP [A-Z ]+-----$/.test(line)) {
      [body, inHeaders] = [[], true];
    } else if (line.startsWith("-----END ")) {
      if (body !== undefined && !inHeaders) bodies.push(body.join(""));
      body = undefined;
    } else if (inHeaders) {
      inHeaders = line !== "";
    } else if (!/^=[\w+/]{4}$/.test(line)) {
      body?.push(line);
    }
  }
  return bodies;
}

/** The bytes of base64; none of what is no base64, which gpgv is not to be given either. */
function decoded(body: string): number[][] {
  try {
    return [[...Uint8Array.fromBase64(body)]];
  } catch {
    return [];
  }
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
