/**
 * The SDK without root: its account, and what openEvents refuses.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { openEvents } from "../../mod.ts";
import { settle, settleAtClose } from "../../sdk/stats.ts";
import { Random } from "./random.ts";

/** Numbers below 100 for each of these names. */
function some<const Name extends string>(
  random: Random,
  ...names: Name[]
): Record<Name, number> {
  const entries = names.map((name) => [name, random.below(100)]);
  return Object.fromEntries(entries);
}

describe("settle", () => {
  it("gives every event one place, open and closed, whatever happened", () => {
    for (let seed = 1; seed <= 1000; seed++) {
      const random = new Random(seed);
      const refused = some(random, "full", "noSlot", "refused", "discarded");
      const seen = some(random, "delivered", "undecodable", "silent");
      const overwritten = random.below(100);
      const { queued, inBuffer } = some(random, "queued", "inBuffer");
      const received = seen.delivered + seen.undecodable + queued;
      const accepted = received + inBuffer + seen.silent + overwritten;
      const attempted = Object.values(refused).reduce(
        (a, b) => a + b,
        accepted,
      );
      const count = { ...refused, accepted, attempted };
      const rest = { bytes: 0, overwritten, received };
      const stats = settle(count, { ...seen, ...rest });
      assert.equal(stats.pending, queued + inBuffer);
      assert.equal(stats.discarded, refused.discarded);
      assert.equal(
        stats.attempted,
        stats.delivered + stats.lost + stats.pending,
      );
      const last = settleAtClose(stats);
      assert.equal(last.lostBy.unread, stats.pending);
      assert.equal(last.attempted, last.delivered + last.lost);
      const lost = Object.values(last.lostBy).reduce((a, b) => a + b);
      assert.equal(last.lost, lost);
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
      {
        message:
          /it has events \(name one by the option stream, or open all by openStreams\(\)\)$/,
      },
    );
  });

  it("leaves no descriptor open when it rejects", async () => {
    const open = (): number => [...Deno.readDirSync("/proc/self/fd")].length;
    const before = open();
    await assert.rejects(openEvents("bpf/build/dynptr.bpf.o"));
    assert.equal(open(), before);
  });
});
