/**
 * How many guests run at once.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { jobs } from "../../kernels/jobs.ts";

const kvm = { accel: "kvm", threads: "multi" } as const;
const multi = { accel: "tcg", threads: "multi" } as const;
const single = { accel: "tcg", threads: "single" } as const;

describe("jobs", () => {
  it("never gives emulated guests more threads than there are cores, but one guest always", () => {
    for (let cores = 1; cores <= 16; cores++) {
      for (let cpus = 1; cpus <= 8; cpus++) {
        const host = { cores, availableMiB: 1 << 20 };
        const count = jobs(multi, cpus, 768, 99, host);
        assert.ok(
          count === 1 || count * cpus <= cores,
          `${cores} cores, ${cpus} each: ${count}`,
        );
        assert.equal(jobs(single, cpus, 768, 99, host), cores);
      }
    }
  });

  it("is lowered by memory and by a wish, and stays at least one", () => {
    const host = { cores: 16, availableMiB: 4096 };
    assert.equal(jobs(multi, 2, 768, undefined, host), 4);
    assert.equal(jobs(multi, 2, 768, 3, host), 3);
    assert.equal(jobs(multi, 2, 768, 0, host), 1);
    assert.equal(
      jobs(multi, 2, 768, undefined, { cores: 16, availableMiB: 100 }),
      1,
    );
    assert.equal(
      jobs(kvm, 2, 100, undefined, { cores: 4, availableMiB: 9999 }),
      4,
    );
  });

  it("asks this machine when it is not told", () => {
    assert.ok(jobs(multi, 1, 256) >= 1);
  });
});
