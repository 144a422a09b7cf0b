/**
 * The tutorial: every mark is a claim's, every block is what it is made of,
 * every picture is as it is drawn; and the site's parts.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { claims } from "../claims/mod.ts";
import { blocksOf, fileBlock, fillBlocks, wordsOf } from "../docs/blocks.ts";
import { consumersTable, costTable, costTables } from "../docs/costs.ts";
import { made } from "../docs/fill.ts";
import { deadLinks } from "../docs/links.ts";
import { marksOf, proofOf, untrue } from "../docs/marks.ts";
import { linesOf, wantedOf } from "../docs/outputs.ts";
import { linkOnSite, meant, type Page, targetOf } from "../docs/pages.ts";
import { perfRecord } from "../docs/perf_picture.ts";
import { pictures } from "../docs/pictures.ts";
import { polish, slug } from "../docs/polish.ts";
import { landings } from "../docs/power_picture.ts";
import { bitOf } from "../docs/ring_picture.ts";
import { works } from "../examples_work.ts";
import { fakeCell, fakeRow } from "./fake_results.ts";

const tutorial = Deno.readTextFileSync("docs/tutorial.md");

/** A text without what formatting makes of tables. */
function squeezed(text: string): string {
  return text.replaceAll(/ +/g, " ").replaceAll(/-{3,}:?/g, "---");
}

describe("the tutorial", () => {
  it("has marks of claims only, and none of them leads nowhere", () => {
    const known = new Set(claims.map(({ id }) => id));
    const marks = marksOf(tutorial);
    assert.deepEqual(marks.filter(({ id }) => !known.has(id)), []);
    assert.ok(marks.length > 100, `${marks.length} marks`);
    const chart = Deno.readTextFileSync("docs/claims.md");
    for (const { id } of marks) {
      assert.ok(chart.includes(`<a id="${id.toLowerCase()}">`), id);
    }
  });

  it("covers every statement of tutorials that claims correct", () => {
    const marked = new Set(marksOf(tutorial).map(({ id }) => id));
    // A claim that is newer than the latest full run has no place to link to.
    const chart = Deno.readTextFileSync("docs/claims.md");
    const correcting = claims.filter(({ corrects }) => corrects !== undefined)
      .map(({ id }) => id)
      .filter((id) => chart.includes(`<a id="${id.toLowerCase()}">`));
    assert.deepEqual(correcting.filter((id) => !marked.has(id)), []);
  });

  for (const { what, text } of blocksOf(tutorial)) {
    const [name] = wordsOf(what);
    if (name === "output" || name === "costs") continue;
    it(`shows ${what} as it is`, () => {
      assert.equal(squeezed(text), squeezed(made(tutorial, what, {}) ?? ""));
    });
  }

  it("has no code but that of examples", () => {
    const elsewhere = tutorial.replaceAll(
      /^<!-- made: [^]*?^<!-- end -->$/gm,
      "",
    );
    assert.doesNotMatch(elsewhere, /^```(c|ts|console|sh)\b/m);
  });

  for (const { what, text } of blocksOf(tutorial)) {
    const wanted = wantedOf(what);
    if (wanted === undefined) continue;
    it(`pastes of ${what} what CI would take of it`, () => {
      const lines = text.split("\n").slice(1, -1);
      const [command = "", first = "", ...rest] = lines;
      assert.equal(
        command,
        `$ sudo deno run -A examples/${wanted.example}.ts${
          wanted.transport === "perf" ? " perf" : ""
        }`,
      );
      assert.match(first, /^Over (ring|perf): /);
      assert.match(rest.at(-1) ?? "", /^\d+ events: \d+ delivered, \d+ lost$/);
      works[wanted.example]?.look?.([first, ...rest]);
    });
  }

  it("has tables of costs that there are", () => {
    const named = blocksOf(tutorial).map(({ what }) => wordsOf(what))
      .filter(([name]) => name === "costs").flatMap(([, words]) => words);
    assert.deepEqual(named.sort(), [...costTables].sort());
  });

  for (const [name, draw] of Object.entries(pictures)) {
    it(`has the picture ${name} as it is drawn, with a title and a description`, () => {
      const drawn = draw();
      assert.equal(Deno.readTextFileSync(`docs/pictures/${name}`), drawn);
      assert.match(drawn, /<title id="title">\S/);
      assert.match(drawn, /<desc id="desc">\S/);
      assert.match(drawn, /prefers-color-scheme: dark/);
    });
  }
});

describe("the pictures", () => {
  it("count as the kernel does", () => {
    assert.deepEqual([1, 4, 5, 20].map(perfRecord), [16, 16, 24, 32]);
    assert.deepEqual([bitOf(-1), bitOf(1 << 30), bitOf(0x3fffffff)], [
      ...[31, 30, 29],
    ]);
    assert.deepEqual(landings(4, 6), [0, 1, 2, 3, 0, 1]);
    assert.deepEqual(landings(3, 6), [0, 0, 2, 2, 0, 0]);
  });
});

describe("marks", () => {
  const text = [
    "# Title",
    "",
    "The first is so ([F1]). The second, with",
    "two lines, is not ([O4], [F1]): so it is said.",
    "",
    "```c",
    "x[R3];",
    "```",
    "",
    "[F1]: claims.md#f1",
  ].join("\n");
  const row = fakeRow("debian-7", "h");

  it("are found in prose, with their lines and sentences", () => {
    assert.deepEqual(marksOf(text), [
      { id: "F1", line: 3, sentence: "The first is so" },
      {
        id: "O4",
        line: 4,
        sentence: "The second, with two lines, is not",
      },
      {
        id: "F1",
        line: 4,
        sentence: "The second, with two lines, is not",
      },
    ]);
  });

  it("doubt what fails, and what nobody saw hold", () => {
    const cells = [
      fakeCell("F1", "fails", "no"),
      fakeCell("O4", "absent", "no ring"),
    ];
    const rows = [{ ...row, claims: cells }];
    assert.deepEqual(untrue(text, "t.md", rows), [
      "t.md:3: F1 fails on 7: The first is so",
      "t.md:4: O4 holds on no kernel of this run: The second, with two lines, is not",
      "t.md:4: F1 fails on 7: The second, with two lines, is not",
    ]);
    assert.match(proofOf(rows, "R3").doubt ?? "", /no kernel/);
  });

  it("are told where the claim holds, and where the kernel lacks it", () => {
    const other = {
      ...fakeRow("debian-6.1", "h"),
      claims: [
        fakeCell("F1", "absent", "no ring"),
      ],
    };
    const rows = [{ ...row, claims: [fakeCell("F1", "holds")] }, other];
    const { holds, absent, doubt } = proofOf(rows, "F1");
    assert.deepEqual([holds, absent, doubt], [["7"], ["6.1"], undefined]);
  });
});

describe("blocks", () => {
  const text = "a\n\n<!-- made: one x -->\n\nold\n\n<!-- end -->\n\nb\n";

  it("are made anew, and stay where nobody makes them", () => {
    const filled = fillBlocks(text, () => "new");
    assert.equal(filled, text.replace("old", "new"));
    assert.equal(fillBlocks(text, () => undefined), text);
    assert.deepEqual(blocksOf(text), [{ what: "one x", text: "old" }]);
  });

  it("of files know C and TypeScript", () => {
    assert.equal(fileBlock("a.bpf.c", "int x;\n"), "```c\nint x;\n```");
    assert.throws(() => fileBlock("a.py", ""), /neither C nor TypeScript/);
  });

  it("of outputs take the run over the transport that is wanted", () => {
    const printed = [
      "debian-7: up after 16.4 s",
      "debian-7 | hello",
      "debian-7 |   Over ring: BPF_MAP_CREATE(RINGBUF): ok",
      "own-5.4 | hello",
      "debian-7 |   1 events",
      "debian-7 | hello",
      "debian-7 |   Over perf: asked for",
      "debian-7: exit code 0",
    ].join("\n");
    const take = (what: string): string[] => {
      const wanted = wantedOf(what);
      assert.ok(wanted);
      return linesOf(printed, wanted);
    };
    assert.deepEqual(take("output hello debian-7"), [
      "Over ring: BPF_MAP_CREATE(RINGBUF): ok",
      "1 events",
    ]);
    assert.deepEqual(take("output hello debian-7 perf"), [
      "Over perf: asked for",
    ]);
    assert.throws(() => take("output hello own-5.4"), /did not run/);
    assert.throws(() => wantedOf("output hello debian-7 tcp"), /Unknown/);
  });

  it("of costs have a line for each kernel that has figures", () => {
    const evidence = { "ring, ns": { ownRule: 91, each: 6127 }, judged: true };
    const row = {
      ...fakeRow("debian-7", "h"),
      claims: [{ ...fakeCell("C1", "holds"), evidence }],
    };
    const lines = costTable("notification", [row, fakeRow("debian-6.1", "h")])
      .split("\n");
    assert.equal(lines.length, 3);
    assert.match(lines[2] ?? "", /^\| 7 \| 91 \| 6127 \| – \|/);
  });

  it("of consumers have what performance.md has", () => {
    const lines = consumersTable(
      "| drain-raw | ring | 24 | 5.7 ns | 2.6 ns | 2 | 1 |\n" +
        "| drain-raw | ring | 8 | 1 ns | 2 ns | 2 | 1 |\n",
    ).split("\n");
    assert.equal(lines.length, 3);
    assert.match(lines[2] ?? "", /\| ring \| 2\.6 ns \| 5\.7 ns \|$/);
  });
});

describe("the site", () => {
  const page: Page = {
    ...{ source: "docs/sdk.md", target: "sdk.html", title: "T", text: "" },
  };
  const places = {
    root: "",
    pages: new Map([["README.md", "index.html"], ["docs/sdk.md", "sdk.html"]]),
  };

  it("has links lead to pages, to files of the project, to pictures, and out", () => {
    const to = (link: string): string => linkOnSite(page, link, places);
    assert.equal(to("../README.md#use-it"), "index.html#use-it");
    assert.equal(to("../mod.ts"), "source/mod.ts.html");
    assert.equal(to("pictures/a.svg"), "pictures/a.svg");
    assert.equal(to("#wakeups"), "#wakeups");
    assert.equal(to("https://example.org/"), "https://example.org/");
    assert.deepEqual(meant("docs/a.md", "../ffi/"), ["ffi", ""]);
    assert.equal(targetOf("README.md"), "index.html");
    assert.equal(targetOf("SECURITY.md"), "security.html");
  });

  it("names headings as GitHub does", () => {
    assert.equal(
      slug("LOST, and what it does not tell"),
      "lost-and-what-it-does-not-tell",
    );
  });

  it("tells in a mark what became of its claim", () => {
    const proof = { id: "F1", title: "It is so", holds: ["7"], absent: [] };
    const html = "<html><body><nav id=parts></nav><main><p>So it is " +
      '(<a href="claims.md#f1">F1</a>).</p></main></body></html>';
    const polished = polish(html, {
      ...{
        page,
        places: {
          root: "",
          pages: new Map([["docs/claims.md", "claims.html"]]),
        },
      },
      proofs: new Map([["F1", proof]]),
    });
    assert.match(
      polished,
      /<p>So it is<span class="marks"> <a [^>]*title="It is so: holds on 7"[^>]*>F1<\/a><\/span>\.<\/p>/,
    );
  });

  it("finds links that lead nowhere", async () => {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(
        `${folder}/a.html`,
        '<p id="x"><a href="#x">1</a><a href="b.html#y">2</a>' +
          '<a href="c.html">3</a><a href="https://nowhere">4</a></p>',
      );
      await Deno.writeTextFile(`${folder}/b.html`, "<p>b</p>");
      assert.deepEqual(deadLinks(folder), [
        'a.html: "b.html#y" leads to no part of b.html',
        'a.html: "c.html" leads to c.html, which is not there',
        'a.html: "https://nowhere" is no address of the web',
      ]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});
