/**
 * The SDK without root: its account, and what openEvents refuses.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BpfObject, openEvents, probeRing, table } from "../../mod.ts";
import { checkCall } from "../../sdk/check_options.ts";
import { settle, settleAtClose } from "../../sdk/stats.ts";
import { Dice } from "./dice.ts";

/** Numbers below 100 for each of these names. */
function some<const Name extends string>(
  dice: Dice,
  ...names: Name[]
): Record<Name, number> {
  const entries = names.map((name) => [name, dice.below(100)]);
  return Object.fromEntries(entries);
}

describe("settle", () => {
  it("gives every event one place, open and closed, whatever happened", () => {
    for (let seed = 1; seed <= 1000; seed++) {
      const dice = new Dice(seed);
      const refused = some(dice, "full", "noSlot", "refused");
      const seen = some(
        dice,
        ...["delivered", "undecodable", "silent", "damaged"] as const,
        "overwritten",
      );
      const { discarded, onItsWay } = some(dice, "discarded", "onItsWay");
      const accepted = sum(seen) + onItsWay;
      const attempted = sum(refused) + accepted + discarded;
      const count = { ...refused, accepted, attempted, discarded };
      const flow = settle(count, { ...seen, bytes: 0 });
      assert.equal(flow.pending, onItsWay);
      assert.equal(flow.discarded, discarded);
      assert.equal(flow.attempted, flow.delivered + flow.lost + flow.pending);
      const last = settleAtClose(flow);
      assert.equal(last.lostBy.unread, onItsWay);
      assert.equal(last.attempted, last.delivered + last.lost);
      assert.equal(last.lost, sum(last.lostBy));
    }
  });
});

function sum(counts: object): number {
  return Object.values(counts).reduce((total, one) => total + one, 0);
}

describe("an option that cannot be", () => {
  const wrong: readonly [options: object | null, message: RegExp][] = [
    [
      { transport: "Perf" },
      /take "Perf" for the option transport: it takes "auto"/,
    ],
    [{ order: "time" }, /option order: it takes "arrival" or "timestamp"/],
    [{ decode: "byte" }, /option decode: .* or a function/],
    [{ int64: "bigints" }, /option int64/],
    [{ maxEvents: NaN }, /take NaN for the option maxEvents/],
    [{ maxMs: -1 }, /option maxMs: it takes a number of milliseconds/],
    [{ windowMs: Infinity }, /option windowMs/],
    [
      { perfPages: 3 },
      /take 3 for the option perfPages: it takes a power of two/,
    ],
    [{ perfPages: 1.5 }, /option perfPages/],
    [{ ringBytes: -1 }, /option ringBytes/],
    [{ cpus: [0, 4096] }, /option cpus: it takes a list of CPUs/],
    [{ cpus: 0 }, /option cpus/],
    [{ wakeup: { every: 0 } }, /take 0 for the option wakeup.every/],
    [{ wakeup: { every: 2 ** 33 } }, /option wakeup.every/],
    [{ wakeup: 5 }, /take 5 for the option wakeup: it takes an object$/],
    [
      { ringBytes: 3 * 2 ** 30 },
      /option ringBytes: it takes a whole number from 1 to 2147483648$/,
    ],
    [{ overwrite: 1 }, /take 1 for the option overwrite: it takes true or/],
    [{ attach: null }, /take null for the option attach: it takes true or/],
    [{ signal: {} }, /take {} for the option signal: it takes an AbortSignal$/],
    [null, /take null for the options: it takes an object$/],
  ];
  for (const [options, message] of wrong) {
    it(`is refused before anything is opened: ${Deno.inspect(options)}`, async () => {
      await assert.rejects(
        openEvents("bpf/build/burst.bpf.o", options as object),
        { name: "BpfError", message },
      );
    });
  }

  it("is refused by probeRing and by table as well", () => {
    using object = BpfObject.open("bpf/build/maps.bpf.o");
    const none = null as unknown;
    const wrong: readonly [() => unknown, RegExp][] = [
      [() => probeRing(none as object), /take null for the options/],
      [() => probeRing({ overwrite: 1 } as object), /option overwrite/],
      [() => table(object, "places", none as object), /take null for the opt/],
      [() => table(object, "places", { int64: 5 } as object), /option int64/],
      [
        () => table(none as BpfObject, "places"),
        /take null for the object of map "places": it takes a BpfObject$/,
      ],
    ];
    for (const [call, message] of wrong) {
      assert.throws(call, { name: "BpfError", message });
    }
  });
});

describe("a call for events", () => {
  it("is refused where its options are none", () => {
    const wrong: readonly [options: unknown, message: RegExp][] = [
      [null, /take null for the options: it takes an object$/],
      [{ signal: 5 }, /take 5 for the option signal: it takes an AbortSignal$/],
      [{ timeoutMs: -1 }, /option timeoutMs: it takes a number of millisec/],
    ];
    for (const [options, message] of wrong) {
      assert.throws(
        () => checkCall(options as object),
        { name: "BpfError", message },
      );
    }
    checkCall({ signal: AbortSignal.abort(), timeoutMs: 0 });
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
    await assert.rejects(openEvents("bpf"), /it is a folder/);
    assert.equal(open(), before);
  });
});
