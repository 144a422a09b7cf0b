/**
 * The XML of an archive for rpm, as createrepo_c writes it.
 *
 * @module
 */
import { isUsable, type Package } from "./index_format.ts";
import { Unavailable } from "./kernel.ts";
import type { Bytes } from "./unpack.ts";

/** The list of packages, as repomd.xml names it. */
export interface Primary {
  /** Path below the archive. */
  readonly href: string;
  readonly size: number;
  /** In hex, 64 digits. */
  readonly sha256: string;
}

type Node = Record<string, unknown>;

/** Reads `xml`: attributes have an @ before their names, text is `#text`. */
async function parse(xml: string): Promise<Node> {
  // Only who reads such an archive pays for the parser.
  const { XMLParser } = await import("npm:fast-xml-parser@^5.3.0");
  return new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    parseTagValue: false,
  }).parse(xml);
}

/** What is at a path of names below `node`; of several the first. */
function at(node: unknown, ...names: string[]): unknown {
  return names.reduce(
    (value: unknown, name) => ([value].flat()[0] as Node | undefined)?.[name],
    node,
  );
}

function text(node: unknown, ...names: string[]): string {
  const value = at(node, ...names);
  return typeof value === "string" ? value : "";
}

/** Where the list of packages is. Throws {@link Unavailable} where none is named. */
export async function parseRepomd(
  xml: string,
  suite: string,
): Promise<Primary> {
  const root = await parse(xml).catch(() => undefined);
  const all = [at(root, "repomd", "data") ?? []].flat();
  const primary = all.find((data) => text(data, "@type") === "primary");
  const found = {
    name: "primary",
    version: "",
    filename: text(primary, "location", "@href"),
    size: Number(text(primary, "size")),
    sha256: text(primary, "checksum", "@type") === "sha256"
      ? text(primary, "checksum", "#text")
      : "",
  };
  if (!isUsable(found)) {
    throw new Unavailable(`The index of ${suite} lists no packages`);
  }
  const { filename, size, sha256 } = found;
  return { href: filename, size, sha256 };
}

const kernel = /<name>kernel-core<\/name>/;

/** The package of one element, if it is a kernel's and has all that is needed to fetch it. */
async function parsePackage(xml: string): Promise<Package | undefined> {
  const start = xml.indexOf("<package");
  if (start < 0) return undefined;
  const node = at(await parse(xml.slice(start) + end), "package");
  const word = (name: string): string => text(node, "version", `@${name}`);
  const [name, arch] = [text(node, "name"), text(node, "arch")];
  const found = {
    name: `${name}-${word("ver")}-${word("rel")}.${arch}`,
    version: `${word("epoch") || 0}:${word("ver")}-${word("rel")}`,
    filename: text(node, "location", "@href"),
    size: Number(text(node, "size", "@package")),
    sha256: text(node, "checksum", "@type") === "sha256"
      ? text(node, "checksum", "#text")
      : "",
  };
  return isUsable(found) ? found : undefined;
}

const end = "</package>";

/** The kernels of an unpacked list, read as a stream: Fedora's has 200 MB. */
export async function rpmPackages(list: Bytes): Promise<Package[]> {
  const decoder = new TextDecoder();
  const found: Package[] = [];
  let rest = "";
  for await (const chunk of list) {
    const elements = (rest + decoder.decode(chunk, { stream: true })).split(
      end,
    );
    rest = elements.pop() ?? "";
    for (const element of elements.filter((text) => kernel.test(text))) {
      const one = await parsePackage(element);
      if (one !== undefined) found.push(one);
    }
  }
  return found;
}
