/**
 * What is seen of a run while it runs.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Board, logLine } from "../board.ts";
import { Live } from "../live.ts";
import { fakeMissing, fakeRow } from "./fake_results.ts";

const step = { is: "claim", id: "R5", nth: 12, of: 21 } as const;

describe("the board", () => {
  it("has a line for each row in flight and counts the others", () => {
    const board = new Board([
      "debian-5.10",
      "debian-6.1",
      "debian-7",
      "own-5.4",
    ]);
    assert.deepEqual(board.lines(0, 80), ["4 waiting"]);
    board.take({
      is: "provisioning",
      row: "debian-7",
      text: "downloading 12 of 60 MB",
    }, 0);
    board.take({ is: "provisioned", row: "debian-6.1", release: "6.1.0" }, 0);
    board.take({ is: "booting", row: "debian-5.10" }, 1000);
    board.take({ is: "up", row: "debian-5.10", bootMs: 3000 }, 4000);
    board.take({ is: "step", row: "debian-5.10", step }, 5000);
    board.take({ is: "done", row: fakeMissing("own-5.4", "gone") }, 5000);
    assert.deepEqual(board.lines(8900, 80), [
      "debian-7     downloading 12 of 60 MB  8.9 s",
      "debian-5.10  claim R5 (12 of 21)      7.9 s",
      "1 waiting, 1 done",
    ]);
  });

  it("keeps within the width of the terminal", () => {
    const board = new Board(["debian-5.10"]);
    board.take({
      is: "provisioning",
      row: "debian-5.10",
      text: "x".repeat(200),
    }, 0);
    for (const width of [20, 40, 80]) {
      for (const line of board.lines(100, width)) {
        assert.ok(line.length < width);
      }
    }
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
    const board = "a  booting                  0.0 s\n";
    assert.equal(
      text,
      `1 waiting\n\x1b[1A\x1b[Ja | hi\n${board}\x1b[1A\x1b[J`,
    );
  });
});
