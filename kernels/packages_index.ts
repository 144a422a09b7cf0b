/**
 * The kernels in a suite's index of packages.
 *
 * @module
 */
import { isUsable, type Package } from "./index_format.ts";
import type { Bytes } from "./unpack.ts";

/** All images of Debian and Ubuntu are in packages called so; no row asks for others. */
const kernel = /^Package: (linux-(?:image|binary)-\d\S*)$/m;

function field(stanza: string, name: string): string {
  return new RegExp(`^${name}: *(\\S+)$`, "m").exec(stanza)?.[1] ?? "";
}

/** Most stanzas are others', and this is told faster than by the pattern. */
const hint = "Package: linux-";

/** The package of a stanza, if it is a kernel's and has all that is needed to fetch it. */
export function parseStanza(stanza: string): Package | undefined {
  const name = stanza.includes(hint) ? kernel.exec(stanza)?.[1] : undefined;
  if (name === undefined) return undefined;
  const size = Number(field(stanza, "Size"));
  const filename = field(stanza, "Filename");
  const sha256 = field(stanza, "SHA256");
  const version = field(stanza, "Version");
  const found = { name, version, filename, size, sha256 };
  return isUsable(found) ? found : undefined;
}

/** The kernels of an unpacked index, read as a stream: a suite's index has up to 60 MB. */
export async function kernelPackages(index: Bytes): Promise<Package[]> {
  const decoder = new TextDecoder();
  const found: (Package | undefined)[] = [];
  let rest = "";
  for await (const chunk of index) {
    const stanzas = (rest + decoder.decode(chunk, { stream: true })).split(
      "\n\n",
    );
    rest = stanzas.pop() ?? "";
    found.push(...stanzas.map(parseStanza));
  }
  return [...found, parseStanza(rest)].filter((p) => p !== undefined);
}
