/**
 * The HTML report as text: what is in it, and what can never be. How it behaves
 * is seen in a browser, by test:report.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { benchHost, benchRow } from "./fake_bench.ts";
import { manyResults } from "../browser/many_results.ts";
import { guide } from "../report/guide.ts";
import { figures } from "../report/html/figures.ts";
import { html } from "../report/html/markup.ts";
import { htmlReport } from "../report/html/page.ts";
import { sourceLinks } from "../report/html/sources.ts";
import { fakeResults, fakeRow } from "./fake_results.ts";

describe("the HTML report", () => {
  it("has a page for each claim and kernel, and in it a place for each cell", () => {
    const text = htmlReport(fakeResults());
    const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    const links = [...text.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id);
    assert.deepEqual(links.filter((id) => !ids.includes(id)), []);
    assert.ok(ids.includes("R5@debian-6.1"));
    assert.match(text, /4080 !== 4088/);
    assert.match(text, /Kernel panic - not syncing/);
    assert.match(text, /archive\.debian\.org cannot be reached/);
    assert.deepEqual(ids.filter((id, at) => ids.indexOf(id) !== at), []);
  });

  it("loads nothing: no address but in links, no script but its own", () => {
    const text = htmlReport(manyResults());
    assert.match(text, /default-src &#39;none&#39;.*script-src &#39;sha256-/);
    assert.equal(text.match(/<script/g)?.length, 1);
    assert.doesNotMatch(text, /\b(src|srcset|action)=|@import|url\(/);
  });

  it("is there when nothing ran", () => {
    const text = htmlReport({ ...fakeResults(), kernels: [] });
    const [body = ""] = text.split("<script>");
    assert.doesNotMatch(body, /<table|undefined|NaN/);
    const program = [fakeRow("a", "", { exit: 3 })];
    const exit = htmlReport({ ...fakeResults(), kernels: program });
    assert.match(exit, /Exit code/);
  });

  it("tells what differs from an earlier run", () => {
    const before = {
      ...fakeResults(),
      kernels: [fakeRow("debian-6.1", "hhhhh")],
    };
    const text = htmlReport(fakeResults(), before);
    assert.match(text, /1 regression/);
  });
});

describe("a template of HTML", () => {
  it("escapes all but what is HTML already", () => {
    const ill = `<b title="x" class='y'>&\x1b[2J`;
    const part = html`<i title="${ill}">${[1, undefined, html`<br>`]}</i>`;
    assert.equal(
      part.text,
      `<i title="&lt;b title=&quot;x&quot; class=&#39;y&#39;&gt;&amp;">1<br></i>`,
    );
  });
});

describe("a source", () => {
  it("is linked to where it is published", () => {
    const links = (source: string): string[] =>
      [...sourceLinks(source).text.matchAll(/href="([^"]+)"/g)]
        .map(([, address = ""]) => address);
    assert.deepEqual(
      links(
        '457f44363a88 ("bpf: x"), Linux 5.8; kernel/bpf/ringbuf.c, reserve; ' +
          "Documentation/bpf/ringbuf.rst: busy bit; perf_event_open(2)",
      ),
      [
        "https://git.kernel.org/linus/457f44363a88",
        "https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/kernel/bpf/ringbuf.c",
        "https://docs.kernel.org/bpf/ringbuf.html",
        "https://man7.org/linux/man-pages/man2/perf_event_open.2.html",
      ],
    );
    assert.deepEqual(links("Ringside's promise (sdk/events.ts)"), []);
  });
});

describe("the guide", () => {
  const rows = manyResults().kernels;
  const answers = (id: string): Record<string, string> =>
    Object.fromEntries(guide.flatMap(({ id: question, answer }) => {
      const row = rows.find((row) => row.id === id);
      const text = row && answer(row);
      return text === undefined ? [] : [[question, text]];
    }));

  it("answers of what was seen on a kernel, by the transport it has", () => {
    const old = answers("debian-5.4");
    assert.match(old.bursts ?? "", /^Yes, .* 1340 of 2250 .* room for 204/);
    assert.match(old.order ?? "", /Across CPUs, no/);
    assert.match(answers("debian-6.1").bursts ?? "", /1107 of 2250/);
  });

  it("answers nothing where nothing was seen", () => {
    assert.deepEqual(answers("debian-6.12"), {});
    for (const { answer } of guide) {
      assert.equal(answer(fakeRow("debian-6.1", "h")), undefined);
    }
  });
});

describe("pictures", () => {
  it("are drawn of the numbers that there are, and of no others", () => {
    const drawn = figures(manyResults().kernels);
    const room = drawn.find(({ id }) => id === "room");
    assert.deepEqual(
      room?.bars.filter(({ band }) => band === "6.1").map(({ value }) => value),
      [511, 511, 204, 408],
    );
    assert.deepEqual(figures([fakeRow("a", "hhhhh")]).map(({ id }) => id), [
      "time",
    ]);
    assert.deepEqual(figures([]), []);
  });

  it("turn what an event costs into what a second has room for", () => {
    const drawn = figures(manyResults().kernels);
    const producers = drawn.find(({ id }) => id === "producers");
    const perf = producers?.bars.find(({ series }) => series === "perf, one");
    assert.equal(perf?.value, 0.66); // of 1516 ns an event
  });

  it("attribute a row's time, each ms once", () => {
    const row = manyResults().kernels.find(({ id }) => id === "debian-6.1");
    const time = figures(row ? [row] : []).find(({ id }) => id === "time");
    const sum = time?.bars.reduce((sum, { value }) => sum + value, 0) ?? 0;
    assert.equal(sum.toFixed(2), "13.00");
    assert.equal(time?.bars.length, 7);
  });

  it("are drawn of a bench where there is one", () => {
    const rows = [
      benchRow("drain-raw", { bytes: 128 }),
      benchRow("drain-raw"),
      benchRow("sustained", { ours: null as unknown as number, c: 500 }),
    ];
    const bars = new Map(
      figures([], { host: benchHost, rows }).map(({ id, bars }) => [id, bars]),
    );
    assert.deepEqual(bars.get("drain"), [
      { band: "24 B", series: "ring, SDK", value: 4 },
      { band: "24 B", series: "ring, C", value: 2 },
      { band: "128 B", series: "ring, SDK", value: 4 },
      { band: "128 B", series: "ring, C", value: 2 },
    ]);
    assert.deepEqual(bars.get("sustained"), [
      { band: "all CPUs", series: "ring, C", value: 2 },
    ]);
    assert.deepEqual([...bars.keys()], ["drain", "ways", "sustained"]);
  });
});
