/**
 * How many guests run at once.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { jobs } from "../../kernels/jobs.ts";

describe("jobs", () => {
  it("never gives emulated guests more processors than there are cores, but one guest always", () => {
    for (let cores = 1; cores <= 16; cores++) {
      for (let cpus = 1; cpus <= 8; cpus++) {
        const count = jobs("tcg", cpus, 768, 99, {
          cores,
          availableMiB: 1 << 20,
        });
        assert.ok(
          count === 1 || count * cpus <= cores,
          `${cores} cores, ${cpus} each: ${count}`,
        );
      }
    }
  });

  it("is lowered by memory and by a wish, and stays at least one", () => {
    const host = { cores: 16, availableMiB: 4096 };
    assert.equal(jobs("tcg", 2, 768, undefined, host), 4);
    assert.equal(jobs("tcg", 2, 768, 3, host), 3);
    assert.equal(jobs("tcg", 2, 768, 0, host), 1);
    assert.equal(
      jobs("tcg", 2, 768, undefined, { cores: 16, availableMiB: 100 }),
      1,
    );
    assert.equal(
      jobs("kvm", 2, 100, undefined, { cores: 4, availableMiB: 9999 }),
      4,
    );
  });

  it("asks this machine when it is not told", () => {
    assert.ok(jobs("tcg", 1, 256) >= 1);
  });
});
