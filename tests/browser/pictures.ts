/**
 * `deno task report:pictures REPORT.json FOLDER [BENCH.json]`: the pictures of
 * the page that docs/report.md shows.
 *
 * @module
 */
import { join } from "node:path";
import type { Browser, Page } from "npm:puppeteer-core@^25.16.0";
import { UsageError } from "../../kernels/usage_error.ts";
import { exitWith } from "../exit.ts";
import { readResults } from "../report/read.ts";
import { type Bench, readBench } from "../report/read_bench.ts";
import type { Results } from "../results.ts";
import { writeOut } from "../streams.ts";
import { chromium, openReport, type Size, startBrowser } from "./browser.ts";

/** A picture: how large the window is, light or dark, and what to do before. */
interface Picture extends Size {
  readonly name: string;
  readonly colours: "light" | "dark";
  readonly pose: (page: Page) => Promise<unknown>;
}

const pictures: readonly Picture[] = [
  {
    ...{ name: "report-matrix", width: 1280, height: 760, colours: "light" },
    pose: (page) => goTo(page, "#matrix"),
  },
  {
    ...{ name: "report-question", width: 1280, height: 780, colours: "light" },
    pose: (page) => page.click("#ask-bursts > summary"),
  },
  {
    ...{ name: "report-claim", width: 1280, height: 760, colours: "dark" },
    pose: async (page) => {
      await goTo(page, "#matrix");
      await page.click('tr[data-claim="O4"] th a');
      await page.click("dialog details:first-of-type summary");
    },
  },
  {
    ...{ name: "report-pictures", width: 1280, height: 800, colours: "light" },
    pose: (page) => goTo(page, "#pictures"),
  },
  {
    ...{ name: "report-phone", width: 390, height: 760, colours: "light" },
    pose: (page) => goTo(page, "#matrix"),
  },
];

/** What the page is made of. */
interface Shown {
  readonly results: Results;
  readonly bench?: Bench;
}

async function goTo(page: Page, part: string): Promise<void> {
  await page.click(`nav a[href="${part}"]`);
}

/** Runs the command and returns its exit status. */
async function main(argv: readonly string[]): Promise<number> {
  const [report, folder, measured, ...rest] = argv;
  if (report === undefined || folder === undefined || rest.length > 0) {
    throw new UsageError(
      "It takes a JSON report, the folder to write to, and a bench's JSON report if there is one",
    );
  }
  if (chromium() === undefined) {
    throw new UsageError(
      "There is no Chromium on this machine: install it (apt-get install chromium)",
    );
  }
  const shown = {
    results: await readResults(report),
    ...(measured !== undefined && { bench: await readBench(measured) }),
  };
  await using stack = new AsyncDisposableStack();
  const browser = stack.adopt(await startBrowser(), (one) => one.close());
  for (const picture of pictures) {
    const bytes = await take(browser, shown, picture);
    const path = join(folder, `${picture.name}.webp`);
    await Deno.writeFile(path, bytes);
    writeOut(`${path} ${Math.round(bytes.length / 1024)} KiB\n`);
  }
  return 0;
}

async function take(
  browser: Browser,
  { results, bench }: Shown,
  { width, height, colours, pose }: Picture,
): Promise<Uint8Array> {
  await using opened = await openReport(
    browser,
    results,
    { width, height },
    bench,
  );
  const { page } = opened;
  await page.emulateMediaFeatures([
    { name: "prefers-color-scheme", value: colours },
  ]);
  await pose(page);
  return await page.screenshot({ type: "webp", quality: 70 });
}

if (import.meta.main) await exitWith(main);
