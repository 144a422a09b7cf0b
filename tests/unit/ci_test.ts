/**
 * What CI makes of a run.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { required, tallyExamples, tallyMatrix, tallyTests } from "../ci.ts";
import { fakeMissing, fakeRow } from "./fake_results.ts";

describe("CI", () => {
  it("counts unit tests, and names those that failed", () => {
    const junit = `<?xml version="1.0"?><testsuites><testsuite name="a">
      <testcase name="one" time="0.1"><failure message="1 step failed"/></testcase>
      <testcase name="one &gt; two" classname="x" time="0.1" line="1">
      </testcase>
      <testcase name="three" time="0.1"/>
      <testcase name="one &gt; four" time="0.1"><failure message="no">no</failure></testcase>
    </testsuite></testsuites>`;
    assert.deepEqual(tallyTests(junit), {
      passed: 2,
      failed: ["test: one &gt; four"],
    });
    assert.deepEqual(tallyTests("<testsuites/>").failed, ["test: none ran"]);
  });

  it("counts cells, and fails for a cell that fails", () => {
    const rows = required.map((id) => fakeRow(id, "haaaa"));
    assert.deepEqual(tallyMatrix(rows), { passed: 25, failed: [] });
    const tally = tallyMatrix([...rows, fakeRow("own-5.4", "hfaaa")]);
    assert.deepEqual(tally, {
      passed: 29,
      failed: ["matrix: O4 fails on own-5.4"],
    });
  });

  it("fails for a required row that is lost, unavailable or not there, and for no other", () => {
    const [first = "", second = "", ...others] = required;
    const rows = [
      fakeRow(first, "hhhll", { state: "lost", why: "It hung" }),
      fakeMissing(second, "gone"),
      fakeMissing("debian-4.9", "gone"),
      ...others.slice(1).map((id) => fakeRow(id, "hhhhh")),
    ];
    assert.deepEqual(tallyMatrix(rows).failed, [
      `matrix: ${first} is lost: It hung`,
      `matrix: ${second} is unavailable: gone`,
      `matrix: ${others[0]} is no row`,
    ]);
  });

  it("counts kernels in which the examples did well, and the required ones", () => {
    const rows = required.map((id) => ({ ...fakeRow(id, ""), exit: 0 }));
    const others = [
      { ...fakeRow("own-5.4", ""), exit: 1, console: "hello\norder FAILED" },
      { ...fakeRow("own-4.19", ""), exit: 3 },
    ];
    assert.deepEqual(tallyExamples([...rows, ...others]), {
      passed: required.length,
      failed: [
        "examples: fail on own-5.4 with exit code 1:\n  hello\n  order FAILED",
        "examples: fail on own-4.19 with exit code 3:\n  it printed nothing",
      ],
    });
    assert.deepEqual(tallyExamples(rows.slice(1)).failed, [
      `examples: ${required[0]} is no row`,
    ]);
  });
});
