/**
 * The bench's figures: how runs become ratios, and what the report holds.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { UsageError } from "../../kernels/usage_error.ts";
import { Answering } from "../bench/answering.ts";
import { readOptions } from "../bench/options.ts";
import { head, jsonReport, rowOf, rowText } from "../bench/report.ts";
import { idOf, modeInC, type Subject, subjects } from "../bench/rows.ts";
import { benchHost as host } from "./fake_bench.ts";
import { recordsOf } from "../bench/sizes.ts";
import { median, ratios, spread } from "../bench/spread.ts";

const runs = [
  { ours: 6, c: 3 },
  { ours: 30, c: 10 },
  { ours: 5, c: 5 },
];

describe("the bench's command line", () => {
  it("names rows, runs, reports and the kernel of a guest", () => {
    const words = ["--row", "drain-*", "--runs", "7", "--kernel", "own-5.4"];
    assert.deepEqual(readOptions([...words, "--report", "json=a.json"]), {
      ...{ rows: ["drain-*"], runs: 7, reports: ["a.json"], help: false },
      kernel: "own-5.4",
    });
    assert.deepEqual(readOptions([]), {
      ...{ rows: [], runs: 5, reports: [], help: false },
    });
  });

  it("says what a word takes", () => {
    for (const words of [["--runs", "0"], ["--report", "md=x"], ["--what"]]) {
      assert.throws(() => readOptions(words), UsageError);
    }
  });
});

describe("a side of the bench", () => {
  it("is killed with the run's signal, and waited for", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const side = new Answering("sleep", ["600"], signal);
    {
      await using _ = side;
      const answer = assert.rejects(side.numbers(), /"sleep 600" has ended$/);
      controller.abort(new Error("ended"));
      await answer;
    }
    assert.throws(() => Deno.kill(side.pid, "SIGKILL"), Deno.errors.NotFound);
    assert.throws(
      () => new Answering("sleep", ["600"], signal),
      /^Error: ended$/,
    );
  });
});

describe("the bench's spread", () => {
  it("has the middle number, or the mean of the two in the middle", () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
    assert.equal(median([7]), 7);
    assert.ok(Number.isNaN(median([])));
    assert.deepEqual(spread([5, 1, 3]), { median: 3, min: 1, max: 5 });
  });

  it("compares within each run, so that a slow moment slows both sides", () => {
    assert.deepEqual(ratios(runs), { median: 2, min: 1, max: 3 });
  });
});

describe("the bench's rows", () => {
  it("are the sizes and ways that the issue names, on each transport", () => {
    const ids = subjects(["ring", "perf"]).flatMap((subject) =>
      subject.names.map((name) => idOf(name, subject))
    );
    assert.equal(new Set(ids).size, ids.length);
    for (const bytes of [8, 24, 128, 1024]) {
      assert.ok(ids.includes(`drain-raw/ring/${bytes}`));
      assert.ok(ids.includes(`drain-raw/perf/${bytes}`));
    }
    assert.ok(ids.includes("latency-p99/perf/24"));
  });

  it("read in C what they read here", () => {
    assert.equal(modeInC("drain-raw"), "bytes");
    assert.equal(modeInC("for-await"), "bytes");
    assert.equal(modeInC("drain-object"), "fields");
    assert.equal(modeInC("latency-p50"), "latency");
    assert.equal(modeInC("blocking-p99"), "latency");
    assert.equal(modeInC("blocking-loaded-p50"), "latency");
    assert.equal(modeInC("sustained"), "sustained");
  });

  it("fill nine tenths of a buffer", () => {
    assert.equal(recordsOf("ring", 24), Math.floor(0.9 * 2 ** 22 / 32));
    assert.equal(recordsOf("perf", 24), Math.floor(0.9 * 2 ** 22 / 40));
  });
});

describe("the bench's report", () => {
  const subject: Subject = {
    ...{ names: ["drain-raw"], transport: "ring", bytes: 24 },
  };
  const row = rowOf(subject, {
    ...{ name: "drain-raw", runs, memory: { ours: 80.12345, c: 4 } },
  });

  it("has the medians, the ratio's spread and every run", () => {
    const { schema, host: told, rows } = JSON.parse(jsonReport(host, [row]));
    assert.equal(schema, "ringside-bench/1");
    assert.deepEqual(told, host);
    assert.deepEqual(rows, [{
      ...{ name: "drain-raw", transport: "ring", bytes: 24, ours: 6, c: 5 },
      ratio: { median: 2, min: 1, max: 3 },
      runs,
      memory: { ours: 80.123, c: 4 },
    }]);
  });

  it("is a table with one line for each row", () => {
    const text = rowText(row);
    assert.match(
      text,
      /^drain-raw +ring +24 +6\.0 ns +5\.0 ns +2\.00 × +1\.00 × +3\.00 ×\n$/,
    );
    assert.equal(text.length, head.length);
  });
});
