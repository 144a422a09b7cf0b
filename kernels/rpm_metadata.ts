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

/** One element of XML. */
class Node {
  readonly children: Node[] = [];
  text = "";

  constructor(
    readonly name: string,
    readonly attributes: Readonly<Record<string, string>> = {},
  ) {}

  /** The first element at a path of names below; an empty one where there is none. */
  at(...names: readonly string[]): Node {
    const none = new Node("");
    return names.reduce<Node>(
      (node, name) => node.children.find((c) => c.name === name) ?? none,
      this,
    );
  }

  /** The value of an attribute. */
  attribute(name: string): string {
    return this.attributes[name] ?? "";
  }
}

/** Elements within elements; the metadata of archives have five. */
const deepest = 64;

/** The elements of `xml`, below one without a name. Throws where it is not well formed. */
async function parse(xml: string): Promise<Node> {
  // Only who reads such an archive pays for the parser.
  const { SaxesParser } = await import("npm:saxes@^6.0.0");
  const parser = new SaxesParser();
  const open = [new Node("")];
  parser.on("opentag", ({ name, attributes }) => {
    if (open.length > deepest) throw new Error("Its elements lie too deep");
    const node = new Node(name, attributes);
    open.at(-1)?.children.push(node);
    open.push(node);
  });
  parser.on("text", (text) => {
    const node = open.at(-1);
    if (node) node.text += text;
  });
  parser.on("closetag", () => void open.pop());
  parser.on("error", (error) => {
    throw error;
  });
  parser.write(xml).close();
  return open[0] ?? new Node("");
}

function checksum(node: Node): string {
  const sum = node.at("checksum");
  return sum.attribute("type") === "sha256" ? sum.text.trim() : "";
}

/** Where the list of packages is. Throws {@link Unavailable} where none is named. */
export async function parseRepomd(
  xml: string,
  suite: string,
): Promise<Primary> {
  const root = await parse(xml).catch(() => new Node(""));
  const primary =
    root.at("repomd").children.find((data) =>
      data.attribute("type") === "primary"
    ) ?? new Node("");
  const found = {
    name: "primary",
    version: "",
    filename: primary.at("location").attribute("href"),
    size: Number(primary.at("size").text),
    sha256: checksum(primary),
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
  const root = await parse(xml.slice(start) + end).catch((cause) => {
    throw new Unavailable("The list of packages is damaged", { cause });
  });
  const node = root.at("package");
  const version = node.at("version");
  const [epoch, ver, rel] = ["epoch", "ver", "rel"].map((name) =>
    version.attribute(name)
  );
  const found = {
    name: `${node.at("name").text}-${ver}-${rel}.${node.at("arch").text}`,
    version: `${epoch || 0}:${ver}-${rel}`,
    filename: node.at("location").attribute("href"),
    size: Number(node.at("size").attribute("package")),
    sha256: checksum(node),
  };
  return isUsable(found) ? found : undefined;
}

const end = "</package>";

/** An element has some kB; what goes on for ever is none. */
const mostElement = 1 << 22;

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
    if (rest.length > mostElement) {
      throw new Unavailable("The list of packages is damaged");
    }
    for (const element of elements.filter((text) => kernel.test(text))) {
      const one = await parsePackage(element);
      if (one !== undefined) found.push(one);
    }
  }
  return found;
}
