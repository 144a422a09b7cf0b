/**
 * Runs compared with earlier ones, split and joined.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { createColors } from "npm:picocolors@^1.1.1";
import { UsageError } from "../../kernels/usage_error.ts";
import { compare, hasRegression } from "../report/compare.ts";
import { differenceLines } from "../report/difference.ts";
import { conflicts, merge } from "../report/merge.ts";
import { summaryReport } from "../report/step_summary.ts";
import { exitStatus, type Results, type Row } from "../results.ts";
import { parseShard, shardOf } from "../shard.ts";
import { fakeMissing, fakeResults, fakeRow } from "./fake_results.ts";
import { golden } from "./golden.ts";

function run(...kernels: readonly Row[]): Results {
  return { ...fakeResults(), kernels };
}

/** `"R1 regression"` for each change. */
function kinds(before: Row, now: Row): string[] {
  return compare(run(before), run(now)).changes
    .map(({ claim, kind }) => `${claim ?? "all"} ${kind}`);
}

const row = (verdicts: string): Row => fakeRow("debian-6.1", verdicts);

describe("a comparison", () => {
  it("has a word for everything that a verdict can become", () => {
    const words: Record<string, Record<string, string[]>> = {
      h: { h: [], a: ["regression"], f: ["regression"], l: ["lost"] },
      a: { h: ["fixed"], a: [], f: ["regression"], l: ["lost"] },
      f: { h: ["fixed"], a: ["fixed"], f: ["known"], l: ["lost"] },
      l: { h: ["new"], a: ["new"], f: ["new"], l: ["lost"] },
    };
    for (const [before, becomes] of Object.entries(words)) {
      for (const [now, expected] of Object.entries(becomes)) {
        const found = kinds(row(before), row(now));
        assert.deepEqual(found, expected.map((word) => `F1 ${word}`));
      }
    }
  });

  it("tells of a kernel as a whole: new, gone, and lost with many claims", () => {
    const { changes } = compare(run(), run(row("hf")));
    assert.deepEqual(changes.map(({ kind }) => kind), ["new", "new"]);
    assert.deepEqual(kinds(row("hh"), fakeMissing("debian-6.1", "gone")), [
      "all lost",
    ]);
    const lost = { ...row("hlll"), state: "lost" } as const;
    assert.deepEqual(kinds(row("hhhh"), lost), ["O4 lost"]);
    const missing = fakeMissing("debian-6.1", "gone");
    assert.deepEqual(kinds(missing, missing), []);
  });

  it("does not miss what this run was not asked for", () => {
    const before = run(row("hhhh"), fakeRow("debian-7", "hh"));
    assert.deepEqual(compare(before, run(row("hh"))).changes, []);
  });

  it("takes a program's exit code for its verdict", () => {
    const ended = (exit: number): Row => fakeRow("a", "", { exit });
    assert.deepEqual(kinds(ended(0), ended(3)), ["all regression"]);
    assert.deepEqual(kinds(ended(3), ended(0)), ["all fixed"]);
  });

  it("tells what has changed around the claims", () => {
    const { host } = fakeResults();
    const now = {
      ...run({ ...row("hh"), release: "6.1.1", accel: "kvm" }),
      host: { ...host, qemu: "10.0.2" },
    };
    assert.deepEqual(compare(run(row("hh")), now).environment, [
      { what: "QEMU", before: "7.2.22", now: "10.0.2" },
      {
        what: "debian-6.1: release",
        before: "6.1.0-1-amd64",
        now: "6.1.1",
      },
      { what: "debian-6.1: accelerator", before: "tcg", now: "kvm" },
    ]);
  });
});

describe("the exit status, compared with an earlier run", () => {
  const status = (before: Row, now: Row): number =>
    exitStatus([now], {
      strict: false,
      regressed: hasRegression(compare(run(before), run(now))),
    });

  it("is 1 for a regression only", () => {
    assert.equal(status(row("hf"), row("hf")), 0);
    assert.equal(status(row("hh"), row("hf")), 1);
    const lost = { ...row("hl"), state: "lost" } as const;
    assert.equal(status(row("hh"), lost), 69);
  });
});

describe("the difference", () => {
  const before = run(
    fakeRow("debian-5.10", "hhhfh"),
    fakeRow("debian-6.1", "hhhhf"),
    fakeRow("debian-6.12", "hhhhh"),
    fakeRow("debian-4.9", "haaaa"),
    fakeRow("masked-5.10", "haaaa"),
    fakeRow("own-5.4", "faaaa", { release: "5.4.0" }),
  );

  it("comes first in the step summary, regressions before all", () => {
    golden("difference.txt", summaryReport(fakeResults(), before));
  });

  it("fits a terminal", () => {
    const colour = false;
    const paint = createColors(colour);
    const lines = differenceLines(compare(before, fakeResults()), 80, paint);
    assert.match(
      lines.join("\n"),
      /REGRESSION {2}R5 {3}on debian-6.1: holds → fails/,
    );
    assert.ok(lines.every((line) => line.length <= 80));
  });
});

describe("a part of the rows", () => {
  const rows = ["a", "b", "c", "d", "e"].map((id) => ({ id }));
  const ids = (part: number, count: number, before?: Results): string =>
    shardOf(rows, { part, of: count }, before).map(({ id }) => id).join("");

  it("is one of N that together are all, none twice", () => {
    for (const count of [1, 2, 3, 5, 7]) {
      const parts = Array.from(
        { length: count },
        (_, at) => ids(at + 1, count),
      );
      assert.deepEqual([...parts.join("")].toSorted(), [..."abcde"]);
    }
    assert.deepEqual([ids(1, 2), ids(2, 2)], ["ace", "bd"]);
  });

  it("has as much to do as the others, where an earlier run tells", () => {
    const timed = (id: string, runMs: number): Row =>
      fakeRow(id, "h", { timings: { provisionMs: 9e9, bootMs: 0, runMs } });
    const before = run(timed("a", 10), timed("b", 100), timed("d", 45));
    // c and e, unknown, cost 45 each.
    assert.deepEqual([ids(1, 2, before), ids(2, 2, before)], ["ab", "cde"]);
  });

  it("is written I/N", () => {
    assert.deepEqual(parseShard("2/4"), { part: 2, of: 4 });
    for (const word of ["0/4", "5/4", "1", "1/", "a/b", "1/4/2", "-1/4"]) {
      assert.equal(parseShard(word), undefined);
    }
  });
});

describe("parts, merged", () => {
  it("stand in the order of the list, own kernels behind", () => {
    const parts = [
      run(fakeRow("own-5.4", "h"), fakeRow("debian-7", "h")),
      run(fakeRow("debian-5.10", "h")),
    ];
    assert.deepEqual(merge(parts).kernels.map(({ id }) => id), [
      ...["debian-5.10", "debian-7", "own-5.4"],
    ]);
  });

  it("are the whole run again, however it was cut", () => {
    const whole = fakeResults();
    for (const count of [2, 3, 5, 9]) {
      const parts = Array.from({ length: count }, (_, at) => ({
        ...whole,
        kernels: shardOf(whole.kernels, { part: at + 1, of: count }, whole),
      }));
      assert.deepEqual(merge(parts), whole);
    }
  });

  it("tell what they disagree in, and refuse what cannot be", () => {
    const one = run(fakeRow("debian-7", "hh"));
    const two = {
      ...run(fakeRow("debian-6.1", "h")),
      host: { ...one.host, deno: "2.10.0" },
    };
    assert.deepEqual(conflicts([one, two]), [
      "The parts differ in deno: 2.9.6, 2.10.0",
      "The parts differ in their claims: debian-7 against debian-6.1",
    ]);
    assert.deepEqual(conflicts([one, one]), []);
    assert.throws(() => merge([one, one]), UsageError);
  });
});
