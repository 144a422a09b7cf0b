/**
 * Which pages the site has, and where what they link to is found on it: pages
 * of the same site, files of the project shown as they are, or pictures.
 *
 * @module
 */
import { dirname, join, relative } from "node:path/posix";

/** A page made of a text in Markdown. */
export interface Page {
  /** Where the text is from, below the project's folder. */
  readonly source: string;
  /** Where the page is, below the site's. */
  readonly target: string;
  readonly title: string;
  readonly text: string;
}

/** What the links of all pages lead to, beside each other. */
export interface Places {
  /** The project's folder. */
  readonly root: string;
  /** A page for each text, by its path. */
  readonly pages: ReadonlyMap<string, string>;
}

/** The first heading of a text. */
export function titleOf(text: string): string {
  return /^# (.+)$/m.exec(text)?.[1] ?? "";
}

/** Where a text's page is: README.md is the site's first. */
export function targetOf(source: string): string {
  const name = source.split("/").at(-1) ?? "";
  return name === "README.md"
    ? "index.html"
    : `${name.replace(/\.md$/, "").toLowerCase()}.html`;
}

/** Where a file of the project is shown, or a folder listed. */
export function shownAt(path: string): string {
  return `source/${path}.html`;
}

/** Whether a link leads out of the project. */
export function isExternal(link: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(link);
}

/** The path that a relative link of a text means, below the project's folder, and its fragment. */
export function meant(source: string, link: string): [string, string] {
  const [path = "", fragment] = link.split("#");
  const whole = path === "" ? source : join(dirname(source), path);
  const end = fragment === undefined ? "" : `#${fragment}`;
  return [whole.replace(/\/$/, ""), end];
}

/** What a text's link is on the site, as its page writes it. */
export function linkOnSite(page: Page, link: string, places: Places): string {
  if (isExternal(link) || link.startsWith("#")) return link;
  const [path, fragment] = meant(page.source, link);
  const target = places.pages.get(path) ??
    (isPicture(path) ? pictureAt(path) : shownAt(path));
  return relative(dirname(page.target), target) + fragment;
}

/** Whether a path is a picture's. */
export function isPicture(path: string): boolean {
  return /\.(svg|webp|png)$/.test(path);
}

/** Where a picture is. */
export function pictureAt(path: string): string {
  return `pictures/${path.split("/").at(-1)}`;
}

/** All that texts link to within the project, by path: images too. */
export function linkedPaths(pages: readonly Page[]): string[] {
  const paths = pages.flatMap(({ source, text }) => {
    const prose = text.replaceAll(/^```[^]*?^```$/gm, "");
    const links = prose.matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$/gm);
    return [...links].map(([, inline, defined]) => inline ?? defined ?? "")
      .filter((link) => !isExternal(link) && !link.startsWith("#"))
      .map((link) => meant(source, link)[0]);
  });
  return [...new Set(paths)].sort();
}
