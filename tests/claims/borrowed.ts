/**
 * U: what is lent.
 *
 * @module
 */

import assert from "node:assert/strict";
import { BpfError, type Events, openEvents, type Sample } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";
import { burstBytes, send } from "./burst.ts";
import { sendFrom, twoCpus } from "./stamped.ts";
import { transports } from "./transports.ts";
import { driven, runsByCommand } from "./trigger.ts";
import { patienceMs } from "./woken.ts";

/** The number of an event, by its bytes. */
const sequence = (sample: Sample): number => Number(sample.getBigUint64(0));

/** Every way to read what is lent any more must throw. */
function assertGone(sample: Sample): void {
  const reads = [
    () => sequence(sample),
    () => sample.copy(),
    () => sample.getUint8(0),
    () => sample.head(1),
  ];
  for (const read of reads) assert.throws(read, /lent/);
}

/** Lends events on a transport. */
function lend(
  lab: Lab,
  transport: "ring" | "perf",
): Promise<Events<Sample>> {
  return openEvents(driven(lab, "burst"), {
    ...{ transport, attach: !runsByCommand(), decode: "bytes" },
  });
}

/** U27. */
export const borrowed: readonly Claim[] = [
  claim({
    id: "U27",
    title:
      "A borrowed sample is the event's bytes, no more, until forEach's callback returns or the next events are asked for; then every read throws",
    source: "Ringside's promise (ffi/sample.ts, sdk/intake.ts)",
    prove: async (lab) => {
      for (const transport of transports()) {
        await using events = await lend(lab, transport);
        send(events.object, transport, 3);
        const [first, second, third] = events.drain() as [
          Sample,
          Sample,
          Sample,
        ];
        const taken = [first, second, third];
        assert.deepEqual(taken.map(sequence), [0, 1, 2]);
        assert.ok(taken.every(({ size }) => size === burstBytes));
        assert.throws(() => first.getUint8(burstBytes), BpfError);
        assert.throws(() => first.getBigUint64(burstBytes - 7), BpfError);
        const copy = first.copy();
        assert.equal((await events.next({ timeoutMs: 0 })).is, "timeout");
        taken.forEach(assertGone);
        assert.equal(copy.length, burstBytes);
        send(events.object, transport, 2);
        const kept: Sample[] = [];
        await events.forEach((sample) => {
          kept.forEach(assertGone);
          kept.push(sample);
          if (sequence(sample) === 4) events.close();
        });
        kept.forEach(assertGone);
        lab.evidence({ [transport]: taken.length + kept.length });
      }
      // No rename sends stamped events.
      if (runsByCommand()) await proveMerged(lab);
    },
  }),
];

/** What the merge holds is lent when it is handed out, not when it came. */
async function proveMerged(lab: Lab): Promise<void> {
  for (const transport of transports()) {
    await using events = await openEvents(lab.object("streams"), {
      ...{ transport, attach: false, stream: "each", decode: "bytes" },
      ...{ order: "timestamp", windowMs: 1 },
    });
    const kept: Sample[] = [];
    for (const cpu of twoCpus()) sendFrom(cpu, events, "each");
    const next = await events.next({ timeoutMs: patienceMs });
    assert.ok(next.is === "event");
    assert.equal(numberAt(next.event), 0);
    await events.forEach((sample) => {
      kept.forEach(assertGone);
      kept.push(sample);
      assert.equal(numberAt(sample), kept.length);
      if (kept.length === 2) events.close();
      else sendFrom(twoCpus()[0], events, "each");
    });
    kept.forEach(assertGone);
  }
}

/** The number of a stamped event, by its bytes: behind its stamp. */
const numberAt = (sample: Sample): number => Number(sample.getBigUint64(16));
