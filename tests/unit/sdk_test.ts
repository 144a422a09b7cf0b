/**
 * The SDK without root: its account, and what openEvents refuses.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { openEvents } from "../../mod.ts";
import { settle } from "../../sdk/stats.ts";
import { Random } from "./random.ts";

describe("settle", () => {
  it("gives every event one place, whatever happened", () => {
    for (let seed = 1; seed <= 1000; seed++) {
      const random = new Random(seed);
      const [full = 0, noSlot = 0, refused = 0, discarded = 0, silent = 0] =
        Array.from({ length: 5 }, () => random.below(100));
      const delivered = random.below(1000);
      const queued = random.below(100);
      const inBuffer = random.below(100);
      const received = delivered + queued;
      const accepted = received + inBuffer + silent;
      const attempted = accepted + full + noSlot + refused + discarded;
      const count = { attempted, accepted, discarded, full, noSlot, refused };
      const stats = settle(count, { received, delivered, silent });
      assert.equal(stats.lost, full + noSlot + refused + silent);
      assert.equal(stats.pending, queued + inBuffer);
      assert.equal(stats.discarded, discarded);
      const { pending, lost } = stats;
      assert.equal(stats.attempted, stats.delivered + lost + pending);
    }
  });
});

describe("openEvents", () => {
  it("rejects a file that is not there", async () => {
    await assert.rejects(openEvents("/nowhere.bpf.o"), {
      name: "BpfError",
      message: /^Cannot open "\/nowhere.bpf.o": ENOENT/,
    });
  });

  it("rejects an object without a stream, and says how to declare one", async () => {
    await assert.rejects(openEvents("bpf/build/dynptr.bpf.o"), {
      message:
        /^Cannot find the stream of events in ".*": it has none \(declare one with RINGSIDE_EVENTS\(\)/,
    });
  });

  it("rejects a stream of another name, and names those there are", async () => {
    await assert.rejects(
      openEvents("bpf/build/burst.bpf.o", { stream: "event" }),
      { message: /it has events \(name one by the option stream\)$/ },
    );
  });

  it("leaves no descriptor open when it rejects", async () => {
    const open = (): number => [...Deno.readDirSync("/proc/self/fd")].length;
    const before = open();
    await assert.rejects(openEvents("bpf/build/dynptr.bpf.o"));
    assert.equal(open(), before);
  });
});
