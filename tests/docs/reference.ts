/**
 * The reference of mod.ts, by Deno's own generator, made a part of the site: it
 * links to files of this machine, and to folders, which are no pages on a disk.
 *
 * @module
 */
import { dirname, join, relative } from "node:path";
import { shownAt } from "./pages.ts";

/** Writes the reference into a folder of the site. */
export async function writeReference(
  root: string,
  folder: string,
): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--html", "--name=Ringside", `--output=${folder}`, "mod.ts"],
    cwd: root,
    stdout: "null",
  }).output();
  if (!success) {
    throw new Error(
      `Cannot write the reference: ${new TextDecoder().decode(stderr)}`,
    );
  }
}

/** Its pages' paths. */
function pagesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = join(folder, name);
    if (isDirectory) return pagesIn(path);
    return name.endsWith(".html") ? [path] : [];
  });
}

/** A link, as the generator writes it. */
const link = /href="([^"]*)"/g;

function plain(address: string): string {
  return address.replaceAll("&#x2F;", "/");
}

/** The project's file that a link means, if it means one of this machine. */
function fileOf(root: string, address: string): string | undefined {
  const [, path] = /^file:\/\/([^#]+)/.exec(plain(address)) ?? [];
  return path && relative(root, path);
}

/** The files of the project that it links to. */
export function sourcesOf(root: string, folder: string): string[] {
  const paths = pagesIn(folder).flatMap((page) =>
    [...Deno.readTextFileSync(page).matchAll(link)]
      .map(([, address = ""]) => fileOf(root, address))
      .filter((path) => path !== undefined)
  );
  return [...new Set(paths)].sort();
}

/** What is not for everybody in its pages, as the rules of accessibility see it. */
const mended: readonly [RegExp, string][] = [
  [/<html>/, '<html lang="en">'],
  [
    /<button class="copyButton"/g,
    '<button aria-label="Copy" class="copyButton"',
  ],
  [/<nav id="topnav">/, '<nav id="topnav" aria-label="Where this is">'],
  [
    /<nav class="documentNavigation">/,
    '<nav class="documentNavigation" aria-label="Parts">',
  ],
  [/<nav class="topSymbols">/, '<nav class="topSymbols" aria-label="Symbols">'],
  [/<ul class="breadcrumbs">/, '<ul class="breadcrumbs" role="none">'],
  [
    /class="usageContent/g,
    'role="region" aria-label="Usage" class="usageContent',
  ],
  [/<h3>Symbols<\/h3>/, "<h2>Symbols</h2>"],
  [/<code class="language-/g, '<code tabindex="0" class="language-'],
];

/** A page of it, for everybody; `up` leads to the site's folder. */
function mend(html: string, up: string): string {
  const title = /<title>(.*?)<\/title>/.exec(html)?.[1] ?? "";
  const heading = `<h1 class="heading-for-all">${title}</h1>`;
  const style = `<link rel="stylesheet" href="${up}/reference.css">`;
  return mended.reduce(
    (text, [found, better]) => text.replace(found, better),
    html,
  )
    .replace("</head>", `${style}</head>`)
    .replace(
      /<main[^>]*>/,
      (main) => html.includes("<h1") ? main : main + heading,
    );
}

/** Has its links lead to the site's pages. */
export function linkReference(root: string, site: string): void {
  for (const page of pagesIn(join(site, "api"))) {
    const up = relative(dirname(page), site);
    const html = Deno.readTextFileSync(page);
    const linked = html.replaceAll(link, (whole, address: string) => {
      const file = fileOf(root, address);
      if (file !== undefined) return `href="${up}/${shownAt(file)}"`;
      // The generator names type parameters that it does not describe.
      const isNamed = html.includes(`id="${address.slice(1)}"`);
      if (address.startsWith("#") && !isNamed) return "";
      const isFolder = /^(\.\.?\/)+$/.test(plain(address));
      return isFolder ? `href="${plain(address)}index.html"` : whole;
    });
    Deno.writeTextFileSync(page, mend(linked, up));
  }
}
