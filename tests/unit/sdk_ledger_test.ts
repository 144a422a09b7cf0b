/**
 * What a stream misses, and what it is put down to.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { EventsParts } from "../../sdk/parts.ts";
import { Ledger } from "../../sdk/ledger.ts";
import type { LostBy } from "../../sdk/stats.ts";
import type { Transport } from "../../sdk/transport.ts";

/** Bytes of an event; a record of it has 8 more at least. */
const size = 24;

/** A stream that accepted 100 events, of which so many were received, and so many bytes damaged. */
function lostOf(
  transport: Transport,
  received: number,
  damagedBytes: number,
): Pick<LostBy, "silent" | "damaged"> {
  const count = { attempted: 100, accepted: 100, discarded: 0 };
  const parts = {
    accounts: [{
      read: () => ({ ...count, full: 0, noSlot: 0, refused: 0 }),
    }],
    lanes: [{ name: "events", size, received, delivered: received }],
    ports: { all: [], damagedBytes: () => damagedBytes },
    shared: { transport },
    ...{ reader: {}, intake: {} },
  };
  const ledger = new Ledger(
    parts as unknown as EventsParts<unknown>,
    undefined,
  );
  const { lostBy: { silent, damaged } } = ledger.stats();
  return { silent, damaged };
}

describe("Ledger", () => {
  it("puts down to damage what may have lain there, and no more", () => {
    const bytes = 10 * (8 + size);
    assert.deepEqual(lostOf("perf", 90, bytes), { silent: 0, damaged: 10 });
    assert.deepEqual(lostOf("perf", 95, bytes), { silent: 0, damaged: 5 });
    assert.deepEqual(lostOf("perf", 60, bytes), { silent: 30, damaged: 10 });
    assert.deepEqual(lostOf("perf", 60, 0), { silent: 40, damaged: 0 });
    assert.deepEqual(lostOf("ring", 95, bytes), { silent: 0, damaged: 5 });
    assert.deepEqual(lostOf("ring", 95, 0), { silent: 0, damaged: 0 });
  });

  it("takes a record of which less is known for one", () => {
    assert.deepEqual(lostOf("perf", 99, 16), { silent: 0, damaged: 1 });
  });
});
