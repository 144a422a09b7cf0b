/**
 * The merge by time, without a kernel: generated arrivals.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Merge } from "../../sdk/merge.ts";
import { Dice } from "./dice.ts";

const windowMs = 10;
const windowNs = windowMs * 1e6;

/** Events with random stamps, each of which arrives up to `delayNs` after its stamp. */
function arrivals(
  dice: Dice,
  delayNs: number,
): { time: number; arrives: number }[] {
  let time = 0;
  return Array.from({ length: 200 }, () => {
    time += dice.below(3) * dice.below(1e6);
    return { time, arrives: time + dice.below(delayNs) };
  }).sort((a, b) => a.arrives - b.arrives);
}

/** Feeds the merge as time goes by, with a look after each arrival; what came out, in order. */
function merged(
  merge: Merge<number>,
  events: readonly { time: number; arrives: number }[],
): number[] {
  const out: number[] = [];
  const take = (now: number): void => {
    for (let held; (held = merge.release(now, now)) !== undefined;) {
      out.push(held.event);
    }
  };
  for (const { time, arrives } of events) {
    merge.hold(time, time, arrives);
    take(arrives);
  }
  take(Infinity);
  return out;
}

describe("Merge", () => {
  it("restores the order of all that arrives within the window", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const events = arrivals(new Dice(seed), windowNs);
      const merge = new Merge<number>(windowMs);
      const sorted = events.map(({ time }) => time).sort((a, b) => a - b);
      assert.deepEqual(merged(merge, events), sorted);
      const { late, held, windowMs: told } = merge.stats;
      assert.deepEqual([late, held, told], [0, 0, windowMs]);
    }
  });

  it("loses none that comes later, and counts those that come behind a younger one", () => {
    let all = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const events = arrivals(new Dice(seed), 4 * windowNs);
      const merge = new Merge<number>(windowMs);
      const out = merged(merge, events);
      assert.equal(out.length, events.length);
      let [youngest, late] = [-Infinity, 0];
      for (const time of out) {
        if (time < youngest) late++;
        youngest = Math.max(youngest, time);
      }
      assert.equal(merge.stats.late, late);
      all += late;
    }
    assert.ok(all > 0, "none was late");
  });

  it("tells how far out of order arrivals were, and how long it held them", () => {
    const merge = new Merge<string>(windowMs);
    merge.hold("young", 9e6, 9e6);
    merge.hold("old", 2e6, 9e6);
    assert.equal(merge.due, 2e6 + windowNs);
    assert.equal(merge.release(12e6, 12e6), undefined);
    assert.equal(merge.release(13e6, 13e6)?.event, "old");
    assert.equal(merge.release(13e6, 13e6), undefined);
    assert.equal(merge.stats.disorderMs, 7);
    assert.equal(merge.stats.heldMs, 4);
    assert.equal(merge.stats.held, 1);
  });

  it("keeps the order of arrival among equal stamps", () => {
    const merge = new Merge<number>(0);
    for (let place = 0; place < 50; place++) merge.hold(place, 1, 1);
    const out = Array.from(
      { length: 50 },
      () => merge.release(2, 2)?.event,
    );
    assert.deepEqual(out, out.map((_, place) => place));
  });
});
