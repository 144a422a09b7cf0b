/**
 * What is seen of a run while it runs.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Board, logLine } from "../board.ts";
import { Live } from "../live.ts";
import { githubReport } from "../github.ts";
import { keepPaces, readPaces } from "../pace.ts";
import { fakeMissing, fakeResults, fakeRow } from "./fake_results.ts";

const step = { is: "claim", id: "R5", nth: 12, of: 21 } as const;

describe("the board", () => {
  const rows = ["debian-5.10", "debian-6.1", "debian-7", "own-5.4"];

  it("has a line for each row: state, bar of claims, time", () => {
    const board = new Board(rows);
    assert.deepEqual(board.lines(0, 80)[0], "debian-5.10  waiting");
    board.take({ is: "provisioning", row: "debian-7", text: "12 of 60 MB" }, 0);
    board.take({ is: "provisioned", row: "debian-6.1", release: "6.1.0" }, 0);
    board.take({ is: "booting", row: "debian-5.10" }, 1000);
    board.take({ is: "up", row: "debian-5.10", bootMs: 3000 }, 4000);
    board.take({ is: "step", row: "debian-5.10", step }, 5000);
    board.take({ is: "done", row: fakeMissing("own-5.4", "gone") }, 5000);
    assert.deepEqual(board.lines(8900, 80), [
      "debian-5.10  ██████░░░░░░ R5 (12 of 21)      7.9 s, about 4 s left",
      "debian-6.1   waiting",
      "debian-7     12 of 60 MB        8.9 s",
      "own-5.4      unavailable: gone",
    ]);
  });

  it("says what is left by the last run, where there was one", () => {
    const pace = { bootMs: 3000, claimMs: 1000 };
    const board = new Board(rows, new Map([["debian-7", pace]]));
    board.take({ is: "booting", row: "debian-7" }, 0);
    board.take({ is: "step", row: "debian-7", step }, 4000);
    const [line = ""] = board.lines(4000, 80).slice(2);
    assert.match(line, /R5 \(12 of 21\) {6}4\.0 s, about 20 s left$/);
  });

  it("has lines for those in flight only, where there are too many", () => {
    const many = Array.from({ length: 40 }, (_, at) => `row-${at}`);
    const board = new Board(many);
    assert.deepEqual(board.lines(0, 80), ["40 waiting"]);
    board.take({ is: "booting", row: "row-7" }, 0);
    board.take({ is: "freezing", row: "row-8" }, 0);
    board.take({ is: "done", row: fakeMissing("row-9", "gone") }, 0);
    assert.deepEqual(board.lines(0, 80), [
      "row-7   booting            0.0 s",
      "row-8   booting to freeze  0.0 s",
      "37 waiting, 1 done",
    ]);
  });

  it("keeps within the width of the terminal", () => {
    const board = new Board(["debian-5.10"]);
    const text = "x".repeat(200);
    board.take({ is: "provisioning", row: "debian-5.10", text }, 0);
    for (const width of [20, 40, 80]) {
      for (const line of board.lines(100, width)) {
        assert.ok(line.length < width);
      }
    }
  });
});

describe("paces", () => {
  it("are kept from run to run, row by row", async () => {
    const cache = await Deno.makeTempDir();
    assert.deepEqual(await readPaces(cache), new Map());
    const timings = { provisionMs: 1, bootMs: 3000, runMs: 500 };
    await keepPaces(cache, [fakeRow("a", "hhhhh", { timings })]);
    await keepPaces(cache, [
      fakeRow("b", "hh", { timings }),
      fakeRow("c", "ll", { state: "lost" }),
    ]);
    const paces = await readPaces(cache);
    assert.deepEqual([...paces], [
      ["a", { bootMs: 3000, claimMs: 100 }],
      ["b", { bootMs: 3000, claimMs: 250 }],
    ]);
    await Deno.writeTextFile(`${cache}/paces.json`, '{"a":null,"b":3,"c":{}}');
    assert.deepEqual(await readPaces(cache), new Map());
    await keepPaces(`${cache}/gone`, [fakeRow("a", "h")]);
    await Deno.remove(cache, { recursive: true });
  });
});

describe("the report on GitHub", () => {
  const { kernels } = fakeResults();
  const text = githubReport("the matrix\n", kernels, "TOKEN");

  it("folds each kernel's claims, and marks what is wrong", () => {
    assert.match(text, /^::group::debian-5\.10 \(5\.10\.0-1-amd64\): 5 claims/);
    assert.equal(text.match(/^::endgroup::$/gm)?.length, 6);
    const marks = text.match(/^::(error|warning) title=[^:]*::/gm);
    assert.deepEqual(marks, [
      "::warning title=debian-4.9 could not be had::",
      "::warning title=debian-5.4 could not be had::",
      "::error title=R5 fails on debian-6.1::",
      "::error title=debian-6.12 was lost::",
    ]);
    assert.match(text, /strictly equal:%0A%0A4080 !== 4088$/m);
  });

  it("lets no guest give the runner commands", () => {
    const ill = "\n::error::owned\n   ::set-env name=PATH::x";
    const row = fakeRow("a:b,c", "f", { release: ill, console: ill });
    const [cell] = row.claims;
    assert.ok(cell);
    const claims = [{ ...cell, why: ill }];
    const report = githubReport(`report${ill}`, [{ ...row, claims }], "TOKEN");
    let isObeyed = true;
    const obeyed = report.split("\n").map((line) => line.trimStart())
      .filter((line) => {
        if (line === "::TOKEN::") isObeyed = true;
        const command = isObeyed && line.startsWith("::") && line;
        if (line === "::stop-commands::TOKEN") isObeyed = false;
        return command && !/^::(stop-commands::)?TOKEN/.test(command);
      });
    assert.deepEqual(obeyed.map((line) => line.split("::")[1]), [
      "group",
      "endgroup",
      "error title=F1 fails on a%3Ab%2Cc",
    ]);
  });
});

describe("the log", () => {
  it("has one line for each change of a row's state", () => {
    const row = fakeRow("debian-6.1", "hhhfh");
    assert.equal(
      logLine({ is: "up", row: "a", bootMs: 4321 }),
      "a: up after 4.3 s",
    );
    assert.equal(
      logLine({ is: "provisioned", row: "a", release: "6.1" }),
      "a: provisioned, 6.1",
    );
    assert.equal(
      logLine({ is: "done", row }),
      "debian-6.1: done, 5 claims in 8.2 s, FAILS: R5",
    );
    assert.equal(
      logLine({ is: "done", row: fakeMissing("b", "gone") }),
      "b: unavailable: gone",
    );
    assert.equal(
      logLine({ is: "done", row: { ...row, exit: 3 } }),
      "debian-6.1: exit code 3 after 8.2 s",
    );
    assert.equal(
      logLine({ is: "freezing", row: "a" }),
      "a: booting once, to freeze it",
    );
    assert.equal(logLine({ is: "step", row: "a", step }), undefined);
  });
});

describe("the live view", () => {
  const output = {
    is: "step",
    row: "a",
    step: { is: "output", text: "hi\x1b[2J" },
  } as const;

  it("writes plain lines where there is no terminal", () => {
    const shown: string[] = [];
    const printed: string[] = [];
    const screen = {
      show: (t: string) => shown.push(t),
      output: (t: string) => printed.push(t),
    };
    using live = new Live(["a"], { ...screen, width: undefined });
    live.watch({ is: "booting", row: "a" });
    live.watch({ is: "up", row: "a", bootMs: 1000 });
    live.watch(output);
    assert.deepEqual(shown, ["a: up after 1.0 s\n"]);
    assert.deepEqual(printed, ["a | hi\n"]);
  });

  it("takes its board off the screen before anything is written, and at the end", () => {
    let text = "";
    const show = (more: string): void => void (text += more);
    {
      using live = new Live(["a"], { show, output: show, width: () => 80 });
      live.watch({ is: "booting", row: "a" });
      live.watch(output);
    }
    const board = "a  booting            0.0 s\n";
    assert.equal(
      text,
      `a  waiting\n\x1b[1A\x1b[Ja | hi\n${board}\x1b[1A\x1b[J`,
    );
  });
});
