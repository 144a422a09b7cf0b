/**
 * A headless Chromium with a report in it, and all that it complained about.
 *
 * @module
 */
import { type Browser, launch, type Page } from "npm:puppeteer-core@^25.16.0";
import { htmlReport } from "../report/html/page.ts";
import type { Bench } from "../report/read_bench.ts";
import type { Results } from "../results.ts";

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome", // the runners of GitHub have it
];

/** Where the browser is; undefined where it is not installed. */
export function chromium(): string | undefined {
  return places.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/**
 * What a test of the page goes by: it is skipped where there is no browser, with
 * a word about that in its name. CI has one, or the test fails.
 */
export function unless(): { readonly why: string; readonly skip: boolean } {
  const skip = chromium() === undefined && !Deno.env.get("CI");
  return { skip, why: skip ? ", untested: apt-get install chromium" : "" };
}

/** Starts the browser; its sandbox does not start for root. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = chromium();
  if (executablePath === undefined) {
    throw new Error("There is no Chromium here: apt-get install chromium");
  }
  return await launch({
    executablePath,
    args: Deno.uid() === 0 ? ["--no-sandbox"] : [],
  });
}

/** A report that was opened from disk. */
export interface Opened extends AsyncDisposable {
  readonly page: Page;
  /** Bytes of the file. */
  readonly bytes: number;
  /** Errors and warnings of the console, and addresses that were asked for. */
  readonly complaints: string[];
  readonly requests: string[];
}

/** A window's size in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Opens the page of results, as a user does with the file. */
export async function openReport(
  browser: Browser,
  results: Results,
  size: Size = { width: 1280, height: 900 },
  bench?: Bench,
): Promise<Opened> {
  const file = await Deno.makeTempFile({ suffix: ".html" });
  const text = htmlReport(results, undefined, bench);
  await Deno.writeTextFile(file, text);
  const page = await browser.newPage();
  const [complaints, requests]: [string[], string[]] = [[], []];
  page.on("console", (said) => {
    if (said.type() !== "log") complaints.push(said.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  await page.setViewport(size);
  await page.goto(`file://${file}`);
  return {
    page,
    bytes: new TextEncoder().encode(text).length,
    complaints,
    requests,
    [Symbol.asyncDispose]: async () => {
      await page.close();
      await Deno.remove(file);
    },
  };
}
