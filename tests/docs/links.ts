/**
 * Looks at every link of a site that lies on disk: one within it has to lead
 * to a file, and its fragment to an element; one that leads out has to be
 * written as an address is, since nobody is asked.
 *
 * @module
 */
import { dirname, join, normalize, relative } from "node:path/posix";
import { DOMParser } from "npm:linkedom@^0.18.12";
import { isExternal } from "./pages.ts";

/** A page's links and the names that can be linked to in it. */
interface Ends {
  readonly links: readonly string[];
  readonly names: ReadonlySet<string>;
}

interface Element {
  getAttribute(name: string): string | null;
}

function endsOf(html: string): Ends {
  const document = new DOMParser().parseFromString(html, "text/html");
  const all = (selector: string, name: string): string[] =>
    [...document.querySelectorAll(selector) as Iterable<Element>]
      .map((element) => element.getAttribute(name) ?? "");
  return {
    links: [
      ...all("a[href]", "href"),
      ...all("link[href]", "href"),
      ...all("img[src], script[src]", "src"),
    ],
    names: new Set(all("[id]", "id")),
  };
}

/** Every file below a folder, by its path there. */
function filesOf(folder: string): string[] {
  const below = (path: string): string[] =>
    [...Deno.readDirSync(path)].flatMap(({ name, isDirectory }) =>
      isDirectory ? below(join(path, name)) : [join(path, name)]
    );
  return below(folder).map((path) => relative(folder, path));
}

/** What is wrong with a link that leads out; nothing, if it is an address. */
function outward(link: string): string | undefined {
  if (!URL.canParse(link)) return "is no address";
  const { protocol, hostname } = new URL(link);
  return /^https?:$/.test(protocol) && hostname.includes(".")
    ? undefined
    : "is no address of the web";
}

/** Every link that leads nowhere, a line each. */
export function deadLinks(folder: string): string[] {
  const files = new Set(filesOf(folder));
  const pages = new Map(
    [...files].filter((path) => path.endsWith(".html"))
      .map((path) => [path, endsOf(Deno.readTextFileSync(join(folder, path)))]),
  );
  const inward = (from: string, link: string): string | undefined => {
    const [path = "", fragment] = link.split(/[?#]/);
    const name = decodeURIComponent(path);
    const to = name === "" ? from : normalize(join(dirname(from), name));
    if (!files.has(to)) return `leads to ${to}, which is not there`;
    const isNamed = fragment === undefined || fragment === "" ||
      !link.includes("#") || pages.get(to) === undefined ||
      pages.get(to)?.names.has(decodeURIComponent(fragment));
    return isNamed ? undefined : `leads to no part of ${to}`;
  };
  return [...pages].flatMap(([from, { links }]) =>
    [...new Set(links)].flatMap((link) => {
      const wrong = isExternal(link) ? outward(link) : inward(from, link);
      return wrong === undefined ? [] : [`${from}: "${link}" ${wrong}`];
    })
  ).sort();
}
