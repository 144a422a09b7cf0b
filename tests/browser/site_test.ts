/**
 * The site of `deno task docs` in a real browser: at two widths, light and
 * dark, with nothing asked for from outside.
 *
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import type { Browser } from "npm:puppeteer-core@^25.16.0";
import { buildSite } from "../docs/site.ts";
import { offences } from "./accessibility.ts";
import { startBrowser, unless } from "./browser.ts";
import { manyResults } from "./many_results.ts";

const widths = [1280, 390] as const;
const pages = [
  ...["index", "tutorial", "examples", "sdk", "claims", "run", "performance"],
  ...["peers", "report", "source/examples/hello.bpf.c", "source/examples"],
  ...["api/index", "api/all_symbols", "api/~/openEvents", "api/~/Events"],
  ...["api/~/Table", "api/~/Tagged", "api/~/LostBy"],
];

const { why, skip } = unless();

describe(`the site${why}`, { skip }, () => {
  let browser: Browser;
  let folder = "";
  before(async () => {
    folder = await Deno.makeTempDir();
    const { kernels, ...run } = manyResults();
    const good = kernels.filter(({ claims }) =>
      claims.every(({ verdict }) => verdict !== "fails")
    );
    assert.deepEqual(await buildSite({ ...run, kernels: good }, folder), []);
    browser = await startBrowser();
  });
  after(async () => {
    await browser.close();
    await Deno.remove(folder, { recursive: true });
  });

  for (const name of pages) {
    it(`${name} is for everybody, at two widths, light and dark`, async () => {
      for (const width of widths) {
        for (const colours of ["light", "dark"]) {
          // The reference remembers whether it was light or dark.
          const context = await browser.createBrowserContext();
          const page = await context.newPage();
          const asked: string[] = [];
          page.on("request", (request) => asked.push(request.url()));
          await page.setViewport({ width, height: 900 });
          await page.emulateMediaFeatures([
            { name: "prefers-color-scheme", value: colours },
          ]);
          await page.goto(`file://${folder}/${name}.html`);
          assert.deepEqual(await offences(page), [], `${width} ${colours}`);
          const foreign = asked.filter((url) =>
            !url.startsWith(`file://${folder}/`) && !url.startsWith("data:")
          );
          assert.deepEqual(foreign, []);
          const wide = await page.evaluate(
            "document.documentElement.scrollWidth - innerWidth",
          ) as number;
          assert.ok(wide <= 0, `${wide} pixels too wide at ${width}`);
          await context.close();
        }
      }
    });
  }
});
