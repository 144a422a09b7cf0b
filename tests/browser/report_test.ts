/**
 * The HTML report in a real browser: what a reader does with it, on a desk and
 * on a phone, with the keyboard alone, and with guests that mean ill.
 *
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import type { Browser, Page } from "npm:puppeteer-core@^25.16.0";
import { writeError } from "../streams.ts";
import { offences } from "./accessibility.ts";
import { openReport, startBrowser, unless } from "./browser.ts";
import { manyResults } from "./many_results.ts";

const desk = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };

/** Whether an element is seen, as the browser draws it. */
const seen = (page: Page, selector: string): Promise<number> =>
  page.$$eval(
    selector,
    (found) =>
      found.filter((one: { checkVisibility(): boolean }) =>
        one.checkVisibility()
      ).length,
  );

const text = (page: Page, selector: string): Promise<string> =>
  page.$eval(selector, (one: { textContent: string }) => one.textContent);

/** From the beginning of the load until all scripts have run, ms. */
async function readyMs(page: Page): Promise<number> {
  const ms = await page.evaluate(
    "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd",
  ) as number;
  return Math.round(ms);
}

const { why, skip } = unless();

describe(`the page${why}`, { skip }, () => {
  let browser: Browser;
  before(async () => {
    browser = await startBrowser();
  });
  after(async () => await browser.close());

  it("loads from disk, alone, small and fast, without a complaint", async () => {
    const times: number[] = [];
    for (let load = 0; load < 3; load++) {
      await using opened = await openReport(browser, manyResults(), desk);
      const { page, bytes, complaints, requests } = opened;
      assert.equal(requests.length, 1);
      assert.deepEqual(complaints, []);
      assert.ok(bytes < 1.5 * 2 ** 20, `${bytes} bytes`);
      times.push(await readyMs(page));
      writeError(
        `${Math.round(bytes / 1024)} KiB, ready after ${times.at(-1)} ms\n`,
      );
    }
    // What else this machine does only makes it longer.
    const best = Math.min(...times);
    assert.ok(best < 500, `interactive after ${best} ms`);
  });

  it("says in three clicks whether a 5.4 loses events in a burst, and what to do", async () => {
    await using opened = await openReport(browser, manyResults(), desk);
    const { page } = opened;
    await page.click("#ask-bursts > summary");
    const answer = await text(
      page,
      '#ask-bursts tr[data-kernels~="debian-5.4"]',
    );
    assert.match(answer, /1340 of 2250 events of a burst were lost/);
    assert.match(await text(page, "#ask-bursts .advice"), /raise perfPages/);
    await page.click('#ask-bursts a[href="#kernel-debian-5.4"]');
    assert.match(await text(page, "dialog[open]"), /Do: Each CPU has a buffer/);
    await page.click('dialog[open] a[href="#M2@debian-5.4"]');
    assert.match(await text(page, "dialog[open] h3"), /^M2/);
  });

  it("filters by text, verdict, kernel and difference", async () => {
    await using opened = await openReport(browser, manyResults(), desk);
    const { page } = opened;
    const lines = (): Promise<number> => seen(page, "tr[data-claim]");
    const whole = await lines();
    await page.type("input[name=text]", "wakeup");
    const few = await lines();
    assert.ok(few > 0 && few < whole / 4, `${few} of ${whole}`);
    assert.equal(await text(page, "output"), `${few} of ${whole} claims`);
    await page.$eval("form", (form: { reset(): void }) => form.reset());
    await page.click("input[value=fails]");
    assert.equal(await lines(), 1);
    await page.select("select[name=kernel]", "debian-6.1");
    assert.equal(await lines(), 0);
    await page.click("input[value=fails]");
    assert.equal(await lines(), whole);
    assert.equal(await seen(page, "td[data-kernel]"), whole);
    await page.select("select[name=kernel]", "");
    await page.click("input[name=differs]");
    assert.ok(await lines() < whole);
  });

  it("opens a cell with its evidence, and closes it again", async () => {
    await using opened = await openReport(browser, manyResults(), desk);
    const { page, complaints } = opened;
    await page.click('a[href="#W4@own-6.9"]');
    assert.match(
      await text(page, "dialog[open] details[open]"),
      /4080 !== 4088/,
    );
    assert.equal(await seen(page, "dialog[open] details"), 12);
    await page.keyboard.press("Escape");
    assert.equal(await seen(page, "dialog"), 0);
    assert.ok(!page.url().includes("W4"), page.url());
    await page.click('thead a[href="#kernel-own-6.9"]');
    assert.match(
      await text(page, "dialog[open] pre"),
      /a line of the kernel's log/,
    );
    await page.click("dialog .close");
    assert.deepEqual(complaints, []);
  });

  it("can be walked with the keyboard", async () => {
    await using opened = await openReport(browser, manyResults(), desk);
    const { page } = opened;
    const focused = (): Promise<unknown> =>
      page.evaluate("document.activeElement.getAttribute('href')");
    await page.focus('.matrix td a[tabindex="0"]');
    for (
      const key of [
        "ArrowRight",
        "ArrowDown",
        "ArrowDown",
        "End",
        "ArrowUp",
      ] as const
    ) {
      await page.keyboard.press(key);
    }
    assert.equal(await focused(), "#F2@own-6.19");
    await page.keyboard.press("Enter");
    assert.match(await text(page, "dialog[open] h3"), /^F2/);
    await page.keyboard.press("Escape");
    assert.equal(await focused(), "#F2@own-6.19");
    await page.keyboard.press("/");
    await page.keyboard.type("order");
    assert.ok(await seen(page, "tr[data-claim]") < 20);
  });

  it("keeps the rules of accessibility, in light and dark, open and closed", async () => {
    for (const value of ["light", "dark"]) {
      await using opened = await openReport(browser, manyResults(), desk);
      const { page } = opened;
      await page.emulateMediaFeatures([{
        name: "prefers-color-scheme",
        value,
      }]);
      await page.click("#ask-bursts > summary");
      assert.deepEqual(await offences(page), []);
      await page.click('a[href="#R7@own-6.6"]');
      assert.deepEqual(await offences(page), []);
    }
  });

  it("fits a phone", async () => {
    await using opened = await openReport(browser, manyResults(), phone);
    const { page } = opened;
    assert.equal(
      await page.evaluate("document.documentElement.scrollWidth"),
      phone.width,
    );
    assert.deepEqual(await offences(page), []);
    await page.click('a[href="#R7@debian-5.4"]');
    assert.match(await text(page, "dialog[open] details[open]"), /1340/);
  });

  it("runs nothing that a guest says", async () => {
    const ill =
      `"><img src=http://192.0.2.1/x onerror=alert(1)></script><script>alert(2)</script>`;
    const results = manyResults({ [ill]: ill, deep: { [ill]: [ill] } });
    const kernels = results.kernels.map((row) => ({
      ...row,
      release: ill,
      reason: ill,
      console: ill,
    }));
    await using opened = await openReport(
      browser,
      { ...results, kernels },
      desk,
    );
    const { page, complaints, requests } = opened;
    await page.click('a[href="#F1@own-6.6"]');
    assert.equal(await page.evaluate("document.images.length"), 0);
    assert.equal(await page.evaluate("document.scripts.length"), 1);
    assert.deepEqual([complaints, requests.length], [[], 1]);
  });
});
