/**
 * Producers that never submit, by a clock of the test's own.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BusyHeads, type Watched } from "../../sdk/busy_heads.ts";
import type { Warning } from "../../mod.ts";

/** A ring with its head at a position, busy or not. */
class Ring {
  busy = false;
  consumer = 0;
  constructor(readonly cpu: number | undefined, readonly stream = 0) {}

  get state(): Watched["state"] {
    const { busy, consumer } = this;
    const producer = consumer + 16;
    return { busy, consumer, producer, available: 16, size: 4096 };
  }
}

describe("BusyHeads", () => {
  it("warns once of each record that is not submitted in time", () => {
    const told: Warning[] = [];
    const heads = new BusyHeads({
      ...{ names: ["events"], mostMs: 50 },
      warn: (warning) => void told.push(warning),
    });
    const [fine, stuck] = [new Ring(0), new Ring(1)];
    stuck.busy = true;
    stuck.consumer = 64;
    for (let now = 0; now <= 200; now += 10) heads.look([fine, stuck], now);
    assert.deepEqual(told, [
      { is: "busy", stream: "events", cpu: 1, position: 64, ms: 60 },
    ]);
    assert.equal(heads.longestMs(), 180);
    stuck.busy = false;
    heads.look([fine, stuck], 300);
    assert.equal(heads.longestMs(), 0);
    stuck.busy = true;
    heads.look([fine, stuck], 400);
    heads.look([fine, stuck], 500);
    assert.equal(told.length, 2);
  });

  it("begins anew where the reader has moved on", () => {
    const told: Warning[] = [];
    const heads = new BusyHeads({
      ...{ names: ["events"], mostMs: 50 },
      warn: (warning) => void told.push(warning),
    });
    const ring = new Ring(undefined);
    ring.busy = true;
    for (let now = 0; now <= 400; now += 40) {
      heads.look([ring], now);
      ring.consumer += 16;
    }
    assert.deepEqual(told, []);
    assert.equal(heads.longestMs(), 0);
  });

  it("tells of one stream how long its own heads have been busy", () => {
    const names = ["first", "second", "third"];
    const heads = new BusyHeads({ names, mostMs: 100, warn: undefined });
    const [first, second] = [new Ring(undefined, 0), new Ring(undefined, 1)];
    first.busy = true;
    heads.look([first, second], 0);
    second.busy = true;
    heads.look([first, second], 50);
    heads.look([first, second], 120);
    assert.deepEqual(names.map((name) => heads.longestMs(name)), [120, 70, 0]);
    assert.equal(heads.longestMs(), 120);
  });

  it("does without a listener", () => {
    const heads = new BusyHeads({ names: [], mostMs: 1, warn: undefined });
    const ring = new Ring(undefined);
    ring.busy = true;
    for (const now of [0, 10, 20]) heads.look([ring], now);
    assert.equal(heads.longestMs(), 20);
  });
});
