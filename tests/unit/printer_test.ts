/**
 * What is printed where nothing takes it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { print } from "../../kernels/terminal.ts";
import { Live } from "../live.ts";
import { Printer } from "../printer.ts";

const full = {
  name: "Error",
  message: "Cannot write to stdout: No space left on device",
};

describe("a text that finds no place", () => {
  it("is told with the stream and the cause", () => {
    using disk = Deno.openSync("/dev/full", { write: true });
    assert.throws(() => print("a list", disk), full);
    const closed = {
      writeSync: (): never => {
        throw new Deno.errors.BrokenPipe("Broken pipe (os error 32)");
      },
    };
    assert.throws(() => print("a list", closed), {
      message: "Cannot write to stdout: Broken pipe",
    });
  });

  it("ends neither a run nor its row, and is 69 where all else was well", () => {
    let tries = 0;
    const { print, statusOf } = new Printer(() => {
      tries++;
      throw new Error("Cannot write to stdout: Broken pipe");
    });
    const shown: string[] = [];
    const show = (text: string): number => shown.push(text);
    {
      const screen = { show, output: print, width: undefined };
      using live = new Live(["a"], screen);
      for (const text of ["one", "two"]) {
        live.watch({ is: "step", row: "a", step: { is: "output", text } });
      }
      live.watch({ is: "up", row: "a", bootMs: 1000 });
    }
    assert.equal(tries, 1);
    assert.deepEqual(shown, ["a: up after 1.0 s\n"]);
    assert.deepEqual([0, 1, 69].map(statusOf), [69, 1, 69]);
  });

  it("leaves the status as it is where there was none", () => {
    let text = "";
    const { print, statusOf } = new Printer((more) => void (text += more));
    print("one ");
    print("two");
    assert.equal(text, "one two");
    assert.deepEqual([0, 1].map(statusOf), [0, 1]);
  });
});
