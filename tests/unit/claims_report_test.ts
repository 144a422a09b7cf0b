/**
 * docs/claims.md of made-up results, what it is made of, and the way there.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { UsageError } from "../../kernels/usage_error.ts";
import { chapters } from "../claims/chapters.ts";
import { claims } from "../claims/mod.ts";
import { questions } from "../claims/questions.ts";
import { statements } from "../claims/statements.ts";
import { claimsReport } from "../report/claims.ts";
import { figuresOf, readingsText } from "../report/evidence.ts";
import { jsonReport } from "../report/json.ts";
import { leftOutReport } from "../report/left_out.ts";
import { code, plain } from "../report/markdown.ts";
import { merge } from "../report/merge.ts";
import { parseResults } from "../report/read.ts";
import type { Results, Row } from "../results.ts";
import { fakeMissing, fakeResults, fakeRow } from "./fake_results.ts";
import { golden } from "./golden.ts";

const background = {
  chapters: { F: "Fallback", O: "Order", R: "Reservation", Z: "Nothing" },
  statements: [
    {
      subject: "Ring order",
      said: "Events come in the order in which they were submitted",
      found: "wrong",
      claims: ["O4", "F1"],
    },
  ],
  questions: [
    { asks: "How many?", claim: "O4", figure: "records", settled: "Three" },
    { asks: "Is it so?", claim: "R5", settled: "Not everywhere" },
  ],
} as const;

/** A row whose R1 has this evidence. */
function seen(id: string, evidence: Row["claims"][number]["evidence"]): Row {
  const row = fakeRow(id, "hhhhh");
  const claims = row.claims.map((cell) =>
    cell.id === "R1" ? { ...cell, evidence } : cell
  );
  return { ...row, claims };
}

describe("the claims' page", () => {
  const differing: Results = {
    ...fakeResults(),
    kernels: [
      ...fakeResults().kernels,
      seen("own-6.6", { answer: 0, deep: { word: "a|b", at: [1, 2] } }),
      seen("own-6.18", { answer: -28, deep: { word: "a|b", at: [1, 3] } }),
    ],
  };

  it("says of each claim what each kernel did", () => {
    golden("claims_page.txt", claimsReport(differing, background));
  });

  it("is the same of the JSON report, and each time", () => {
    const read = parseResults(jsonReport(differing), "golden");
    const page = claimsReport(differing, background);
    assert.equal(claimsReport(read, background), page);
    assert.equal(claimsReport(differing, background), page);
  });

  it("names no site that a kernel was taken from", () => {
    const image = {
      sha256: "00",
      from: "https://mirror.invalid/pool/a_6.1.192-2.deb",
    };
    const kernels = [fakeRow("debian-6.1", "hhhhh", { image })];
    const page = claimsReport({ ...differing, kernels }, background);
    assert.doesNotMatch(page, /mirror|https?:/);
    assert.match(page, /`a_6\.1\.192-2\.deb`/);
  });
});

describe("evidence side by side", () => {
  const text = (rows: readonly Row[]): string[] =>
    figuresOf(rows, "R1").map((figure) =>
      `${figure.name} ${readingsText(figure)}`
    );

  it("is one reading where kernels agree, and names them where they differ", () => {
    const rows = [
      seen("debian-5.10", { a: { b: 1 }, c: "x" }),
      seen("own-5.4", { a: { b: 2 }, c: "x" }),
    ];
    assert.deepEqual(text(rows), ["a.b 1 on 5.10; 2 on own-5.4", "c x"]);
  });

  it("is a range where there are many numbers", () => {
    const rows = [4, 1, 3, 2].map((ms) => seen(`own-${ms}`, { ms }));
    assert.deepEqual(text(rows), ["ms 1 to 4"]);
  });
});

describe("what tutorials say", () => {
  const ids = claims.map(({ id }) => id);

  it("is fourteen subjects, each covered by claims that there are", () => {
    assert.equal(new Set(statements.map(({ subject }) => subject)).size, 14);
    for (const { subject, claims } of statements) {
      assert.ok(claims.length > 0, subject);
      assert.deepEqual(claims.filter((id) => !ids.includes(id)), [], subject);
    }
  });

  it("is corrected by a claim wherever it is not right", () => {
    const corrects = new Set(
      claims.filter(({ corrects }) => corrects !== undefined)
        .map(({ id }) => id),
    );
    const bare = statements.filter(({ found, claims }) =>
      found !== "right" && !corrects.has(claims[0] ?? "")
    );
    assert.deepEqual(bare.map(({ subject }) => subject), []);
  });
});

describe("the page's background", () => {
  it("has a chapter for every claim, and a claim for every question", () => {
    const ids = claims.map(({ id }) => id);
    assert.deepEqual(ids.filter((id) => !(id.charAt(0) in chapters)), []);
    const strange = questions.filter(({ claim }) => !ids.includes(claim));
    assert.deepEqual(strange, []);
  });
});

describe("Markdown", () => {
  it("lets no text of a guest mark anything up", () => {
    assert.equal(
      plain("a|b <i>*x*</i> _y_ a_b\n# z"),
      "a\\|b \\<i\\>\\*x\\*\\</i\\> \\_y\\_ a_b \\# z",
    );
    assert.equal(code("a|b `c`\nd\x1b[1m"), "`a\\|b 'c' d`");
  });
});

describe("a JSON report", () => {
  it("that is none is refused, with what it is", () => {
    for (const text of ["", "[]", '{"schema":"other/1"}', "null"]) {
      assert.throws(() => parseResults(text, "x.json"), UsageError);
    }
    assert.throws(
      () => parseResults('{"schema":"ringside/1"}', "x.json"),
      /"x\.json": it has no started/,
    );
    const kernels = [...fakeResults().kernels, { id: "a", claims: [] }];
    const broken = { ...JSON.parse(jsonReport(fakeResults())), kernels };
    assert.throws(
      () => parseResults(JSON.stringify(broken), "x.json"),
      /"x\.json": kernels\[8\] has no label: see ringside-1/,
    );
  });

  it("is joined with others, unless a kernel ran in two", () => {
    const part = (kernels: Row[]): Results => ({ ...fakeResults(), kernels });
    const one = part([fakeRow("a", "hhhhh"), fakeMissing("b", "gone")]);
    const other = part([fakeRow("b", "hhhhh"), fakeMissing("a", "gone")]);
    const { kernels } = merge([one, other]);
    assert.deepEqual(kernels.map(({ id, state }) => `${id} ${state}`), [
      ...["a ran", "b ran"],
    ]);
    assert.throws(() => merge([one, one]), /"a" is in two reports/);
  });
});

describe("what a running machine leaves out", () => {
  it("is said with its reason", () => {
    assert.match(leftOutReport(claims), /^ {2}T2 {8}it takes a CPU offline/m);
    assert.match(leftOutReport([]), /^ {2}the mask {2}it refuses/m);
  });
});
