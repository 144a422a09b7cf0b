/**
 * The packages in a suite's index of packages.
 *
 * @module
 */
import { isUsable, type Names, type Package } from "./index_format.ts";
import { Unavailable } from "./kernel.ts";
import type { Bytes } from "./unpack.ts";

function field(stanza: string, name: string): string {
  return new RegExp(`^${name}: *(\\S+)$`, "m").exec(stanza)?.[1] ?? "";
}

/** The package of a stanza, if it is looked for and has all that is needed to fetch it. */
function parseStanza(stanza: string, names: Names): Package | undefined {
  const name = stanza.includes(names.hint)
    ? names.name.exec(stanza)?.[1]
    : undefined;
  if (name === undefined) return undefined;
  const size = Number(field(stanza, "Size"));
  const filename = field(stanza, "Filename");
  const sha256 = field(stanza, "SHA256");
  const version = field(stanza, "Version");
  const found = { name, version, filename, size, sha256 };
  return isUsable(found) ? found : undefined;
}

/** A stanza has some kB; what goes on for ever is none. */
const mostStanza = 1 << 20;

/** The packages of an unpacked index, read as a stream: a suite's index has up to 60 MB. */
export async function packagesIn(
  index: Bytes,
  names: Names,
): Promise<Package[]> {
  const decoder = new TextDecoder();
  const found: (Package | undefined)[] = [];
  let rest = "";
  for await (const chunk of index) {
    const stanzas = (rest + decoder.decode(chunk, { stream: true })).split(
      "\n\n",
    );
    rest = stanzas.pop() ?? "";
    if (rest.length > mostStanza) {
      throw new Unavailable("The list of packages is damaged");
    }
    found.push(...stanzas.map((stanza) => parseStanza(stanza, names)));
  }
  return [...found, parseStanza(rest, names)].filter((p) => p !== undefined);
}
