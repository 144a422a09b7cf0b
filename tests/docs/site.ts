/**
 * The site: the tutorial, the pages of docs/, the claims and the latest run as
 * its results tell them, the reference of the SDK, and the files that any of
 * them links to. It asks for nothing from outside.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import Eleventy from "npm:@11ty/eleventy@^3.1.8";
import highlight from "npm:@11ty/eleventy-plugin-syntaxhighlight@^5.0.2";
import { allFormats } from "../report/formats.ts";
import type { Results } from "../results.ts";
import { costTable } from "./costs.ts";
import { fillBlocks, wordsOf } from "./blocks.ts";
import { deadLinks } from "./links.ts";
import { type Proof, proofsOf, untrue } from "./marks.ts";
import {
  isPicture,
  linkedPaths,
  type Page,
  pictureAt,
  type Places,
  shownAt,
  targetOf,
  titleOf,
} from "./pages.ts";
import { polish } from "./polish.ts";
import { linkReference, sourcesOf, writeReference } from "./reference.ts";

/** The project's folder. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where the site's frame and its style are. */
const frame = fileURLToPath(new URL("site", import.meta.url));

/** What is used of Eleventy's configuration. */
interface Config {
  addPlugin(plugin: unknown, options?: unknown): void;
  addTemplate(path: string, text: string, data: unknown): void;
  addPassthroughCopy(paths: Readonly<Record<string, string>>): void;
  addTransform(
    name: string,
    change: (this: Made, html: string) => string,
  ): void;
}

/** The page that is being written. */
interface Made {
  readonly page: { readonly url: string };
}

/** The file that an address of the site means. */
function targetAt(url: string): string {
  return url === "/" ? "index.html" : url.slice(1);
}

/** The texts, those of the claims and of figures made of the results. */
export async function texts(results: Results): Promise<Page[]> {
  const docs = [...Deno.readDirSync(`${root}docs`)].map(({ name }) => name)
    .filter((name) => name.endsWith(".md")).sort()
    .map((name) => `docs/${name}`);
  const beside = [...Deno.readDirSync(root)].map(({ name }) => name)
    .filter((name) => name.endsWith(".md"));
  const pages = [];
  for (const source of [...beside, ...docs]) {
    const text = source === "docs/claims.md"
      ? await allFormats["claims"]?.write(results) ?? ""
      : withFigures(Deno.readTextFileSync(`${root}${source}`), results);
    pages.push({
      source,
      target: targetOf(source),
      title: titleOf(text),
      text,
    });
  }
  return pages;
}

/** Tables of figures are those of this run. */
function withFigures(text: string, { kernels }: Results): string {
  return fillBlocks(text, (what) => {
    const [name, [which = ""]] = wordsOf(what);
    return name === "costs" ? costTable(which, kernels) : undefined;
  });
}

/**
 * Builds the site into a folder, which is emptied first. Answers what is wrong,
 * a line each: sentences whose claims do not hold, for which nothing is built,
 * or links that lead nowhere.
 */
export async function buildSite(
  results: Results,
  folder: string,
): Promise<string[]> {
  const pages = await texts(results);
  const written = pages.filter(({ source }) => source !== "docs/claims.md");
  const wrong = written.flatMap(({ source, text }) =>
    untrue(text, source, results.kernels)
  );
  if (wrong.length > 0) return wrong;
  const proofs = new Map(
    written.flatMap(({ text }) => [...proofsOf(text, results.kernels)]),
  );
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.mkdir(folder, { recursive: true });
  await writeReference(root, resolve(folder, "api"));
  await write(pages, proofs, folder);
  linkReference(root, resolve(folder));
  const run = await allFormats["html"]?.write(results) ?? "";
  await Deno.writeTextFile(join(folder, "run.html"), run);
  return deadLinks(folder);
}

/** Has Eleventy write the pages, and those of the files that they link to. */
async function write(
  pages: readonly Page[],
  proofs: ReadonlyMap<string, Proof>,
  folder: string,
): Promise<void> {
  const linked = [
    ...new Set([
      ...linkedPaths(pages),
      ...sourcesOf(root, resolve(folder, "api")),
    ]),
  ];
  const targets = new Map(pages.map(({ source, target }) => [source, target]));
  const places: Places = { root, pages: targets };
  const shown = linked.filter((path) => !targets.has(path) && !isPicture(path))
    .map(sourcePage);
  const all = [...pages, ...shown];
  const byTarget = new Map(all.map((page) => [page.target, page]));
  const eleventy = new Eleventy(frame, folder, {
    quietMode: true,
    config: (config: Config) => {
      config.addPlugin(highlight, { errorOnInvalidLanguage: false });
      for (const file of ["style.css", "reference.css", "icon.svg"]) {
        config.addPassthroughCopy({ [`${frame}/${file}`]: file });
      }
      for (const path of linked.filter(isPicture)) {
        config.addPassthroughCopy({ [`${root}${path}`]: pictureAt(path) });
      }
      for (const page of all) addPage(config, page);
      config.addTransform("polish", function (html): string {
        const page = byTarget.get(targetAt(this.page.url));
        return page === undefined
          ? html
          : polish(html, { page, places, proofs });
      });
    },
  });
  await eleventy.write();
}

function addPage(config: Config, page: Page): void {
  const { source, target, title, text } = page;
  const depth = target.split("/").length - 1;
  config.addTemplate(`pages/${source.replace(/\.md$/, "")}.md`, text, {
    ...{ layout: "page.njk", permalink: target, title, target },
    templateEngineOverride: "md", // braces mean nothing
    home: "../".repeat(depth) || "./",
    isShown: target.startsWith("source/"),
  });
}

/** A file of the project as a page; a folder as the list of its files. */
function sourcePage(path: string): Page {
  const about = { source: path, target: shownAt(path), title: path };
  if (Deno.statSync(`${root}${path}`).isDirectory) {
    const names = [...Deno.readDirSync(`${root}${path}`)]
      .map(({ name, isDirectory }) => isDirectory ? `${name}/` : name).sort();
    const list = names.map((name) => `- \`${name}\``).join("\n");
    return { ...about, text: `# ${path}/\n\n${list}\n` };
  }
  const language = path.split(".").at(-1) ?? "";
  const known = { c: "c", h: "c", ts: "ts", json: "json", yml: "yaml" };
  const fence = "`".repeat(5);
  const text = Deno.readTextFileSync(`${root}${path}`);
  return {
    ...about,
    text: [
      ...[`# ${path}`, "", `${fence}${known[language as "c"] ?? "text"}`],
      ...[text.trimEnd(), fence, ""],
    ].join("\n"),
  };
}
