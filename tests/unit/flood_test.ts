/**
 * The command line of a flood.
 *
 * @module
 */

import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { UsageError } from "../../kernels/usage_error.ts";
import { readFloodOptions } from "../load/options.ts";

describe("a flood's command line", () => {
  it("takes minutes and transports", () => {
    assert.deepEqual(readFloodOptions([]), { minutes: 1, transports: [] });
    const words = ["--minutes", "0.5", "--transport", "perf"];
    assert.deepEqual(readFloodOptions(words), {
      ...{ minutes: 0.5, transports: ["perf"] },
    });
  });

  it("says what a word takes", () => {
    const takes = {
      "--transport=rign": 'Bad --transport "rign": it takes ring or perf',
      "--minutes=long": 'Bad --minutes "long": it takes a number above 0',
    };
    for (const [word, message] of Object.entries(takes)) {
      assert.throws(() => readFloodOptions([word]), { message });
    }
    for (const word of ["--minutes=0", "--what", "ring"]) {
      assert.throws(() => readFloodOptions([word]), UsageError);
    }
  });
});
