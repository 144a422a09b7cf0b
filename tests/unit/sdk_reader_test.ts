/**
 * Turns that have nothing to show: what the program gave up.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { drainRing } from "../../ffi/ring_drain.ts";
import type { Ports } from "../../sdk/ports.ts";
import type { Port } from "../../sdk/port.ts";
import { Reader } from "../../sdk/reader.ts";
import { FakeRing } from "./fake_ring.ts";

/** A reader of a ring in which so many records were given up. */
function given(discards: number, maxMs: number): Reader {
  const ring = new FakeRing(1 << 16, 0n);
  for (let put = 0; put < discards; put++) {
    ring.put("discarded", new Uint8Array(8));
  }
  const port = {
    stream: 0,
    drain: (sink, quota) => drainRing(ring.memory, sink, quota),
    get state() {
      const available = Number((ring.memory.producer[0] ?? 0n) - ring.consumer);
      return { available, busy: false };
    },
  } as Port;
  return new Reader({ all: [port] } as unknown as Ports, { maxMs });
}

/** A turn that hands nothing over. */
const turn = (reader: Reader): boolean =>
  reader.turn((port, quota) => port.drain(() => {}, quota), () => {});

describe("a turn over records that the program gave up", () => {
  it("ends in time, and the next ones have the rest", () => {
    using reader = given(3000, 0);
    assert.ok(!turn(reader));
    assert.equal(reader.taken, 0);
    let turns = 1;
    while (!turn(reader)) turns++;
    assert.ok(turns > 5, `${turns} turns`);
  });

  it("leaves timers their turn before the next one", async () => {
    using reader = given(3000, 0);
    let others = 0;
    void setImmediate().then(() => others++);
    turn(reader);
    await reader.wait(1000);
    assert.equal(others, 1);
  });
});
