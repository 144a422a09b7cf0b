/**
 * When a turn looks at the clock, by a clock of the test's own.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { TurnClock } from "../../sdk/turn_clock.ts";

/** How long a turn may take, ms. */
const maxMs = 10;

/** A machine on which a look at the clock takes `lookNs`, and the look `late` 5 ms more. */
class Machine {
  looks = 0;
  ns = 0;
  readonly clock: TurnClock;

  constructor(lookNs: number, late = 0) {
    this.clock = new TurnClock(maxMs, () => {
      this.looks++;
      this.ns += lookNs + (this.looks === late ? 5e6 : 0);
      return this.ns / 1e6;
    });
    this.clock.start();
  }

  /** So many events of so many ns each, or as many as the turn has time for. */
  take(events: number, ns: number): void {
    const { clock } = this;
    for (let gone = 0; gone < events && !clock.isOver;) {
      const step = clock.left;
      this.ns += ns * step;
      gone += step;
      clock.pass(step);
    }
  }
}

describe("TurnClock", () => {
  for (
    const [lookNs, ns, most] of [
      ...[[40, 3, 0.06], [40, 10, 0.03], [40, 500, 0.03]] as const,
      ...[[2000, 100, 0.08], [2000, 500, 0.03]] as const,
    ]
  ) {
    it(`spends few of a turn's events of ${ns} ns on looks of ${lookNs} ns`, () => {
      const machine = new Machine(lookNs);
      machine.take(Infinity, ns);
      const share = machine.looks * lookNs / machine.ns;
      assert.ok(share <= most, `${share} of the turn`);
    });
  }

  for (const fastNs of [3, 10, 100, 1000]) {
    it(`notices at once that events of ${fastNs} ns have turned slow`, () => {
      const machine = new Machine(40);
      const slowNs = 80_000;
      machine.take(1e6 / fastNs, fastNs);
      machine.take(1e6, slowNs);
      assert.ok(machine.clock.isOver);
      const overMs = machine.ns / 1e6 - maxMs;
      const most = Math.min(256, 2000 / fastNs) * slowNs / 1e6;
      assert.ok(overMs <= Math.max(most, 0.16), `${overMs} ms too long`);
    });
  }

  for (const late of [1, 2, 3, 4]) {
    it(`ends its first turn in time where look ${late} of it was interrupted`, () => {
      const machine = new Machine(40, late);
      const began = machine.ns;
      machine.take(1e6, 50_000);
      assert.ok(machine.clock.isOver);
      const overMs = (machine.ns - began) / 1e6 - maxMs;
      assert.ok(overMs <= 0.16, `${overMs} ms too long`);
    });
  }
});
