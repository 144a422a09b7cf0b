/**
 * The command lines of the loads: none of them passes by doing nothing.
 *
 * @module
 */

import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { UsageError } from "../../kernels/usage_error.ts";
import {
  readBurstOptions,
  readCycles,
  readFloodOptions,
  readRowsOptions,
} from "../load/options.ts";

describe("a load's command line", () => {
  it("has a flood's minutes, transports and lateness", () => {
    const plain = { minutes: 1, transports: [], lateMs: 50 };
    assert.deepEqual(readFloodOptions([]), plain);
    const words = "--minutes 1.5 --transport perf --late 2000".split(" ");
    assert.deepEqual(readFloodOptions(words), {
      ...{ minutes: 1.5, transports: ["perf"], lateMs: 2000 },
    });
  });

  it("has how many bursts and cycles", () => {
    assert.deepEqual(readBurstOptions([]), { events: 100_000, times: 3 });
    const words = ["--events", "5", "--times", "7"];
    assert.deepEqual(readBurstOptions(words), { events: 5, times: 7 });
    assert.equal(readCycles([]), 2000);
    assert.equal(readCycles(["--cycles", "10000"]), 10_000);
    assert.equal(readCycles(["--cycles", "2"]), 2);
  });

  it("has rows and their images", () => {
    assert.deepEqual(readRowsOptions(["--kernel=a", "--kernel", "b=c"]), {
      ...{ rows: 30, kernels: ["a", "b=c"] },
    });
  });

  it("says what a word takes", () => {
    const fromOne = "it takes a number from 1";
    const whole = "it takes a whole number from 1";
    const fromTwo = "it takes a whole number from 2";
    for (
      const [read, word, message] of [
        [readFloodOptions, "--transport=rign", "it takes ring or perf"],
        [readFloodOptions, "--minutes=long", fromOne],
        [readFloodOptions, "--minutes=0.5", fromOne],
        [readFloodOptions, "--late=-1", fromOne],
        [readBurstOptions, "--events=0", whole],
        [readBurstOptions, "--times=1.5", whole],
        [readCycles, "--cycles=many", fromTwo],
        [readCycles, "--cycles=", fromTwo],
        [readCycles, "--cycles=1", fromTwo],
        [readRowsOptions, "--rows=0", whole],
      ] as const
    ) {
      const [option, value] = word.split("=");
      assert.throws(() => read([word]), {
        ...{
          name: "UsageError",
          message: `Bad ${option} "${value}": ${message}`,
        },
      });
    }
    assert.throws(() => readRowsOptions(["--rows=2"]), {
      message: "No --kernel: it takes the path of an image",
    });
    for (
      const read of [
        readFloodOptions,
        readBurstOptions,
        readCycles,
        readRowsOptions,
      ]
    ) {
      assert.throws(() => read(["--what"]), UsageError);
      assert.throws(() => read(["ring"]), UsageError);
    }
  });
});
