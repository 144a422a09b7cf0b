/**
 * U: what is lent, and what is closed.
 *
 * @module
 */

import assert from "node:assert/strict";
import { BpfError, type Events, openEvents, type Sample } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";
import { burstBytes, openBurst, send } from "./burst.ts";
import { sendFrom, transports, twoCpus } from "./stamped.ts";
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

/** U27, U28. */
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
      await proveMerged(lab);
    },
  }),
  claim({
    id: "U28",
    title:
      "A close may come twice, at once, and with an exception in flight; what is asked of a closed stream is an end or an error, never a crash",
    source: "Ringside's promise (sdk/events.ts)",
    prove: async (lab) => {
      for (const transport of transports()) {
        const closed = await failing(lab, transport);
        await Promise.all([closed.close(), closed.close()]);
        assert.deepEqual(closed.drain(), []);
        assert.equal((await closed.next()).is, "closed");
        for await (const _ of closed) assert.fail("an event after the close");
        for (
          const ask of [
            () => closed.queries(),
            () => closed.pause(),
            () => closed.share(),
            () => closed.object.load(),
          ]
        ) assert.throws(ask, /closed/);
        const { attempted, delivered, lostBy, pending } = closed.stats();
        assert.deepEqual([attempted, delivered, pending], [5, 2, 0]);
        assert.equal(lostBy.unread, 3);
        lab.evidence({ [transport]: lostBy.unread });
      }
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

/** A stream that an exception has left, and closed on its way. */
async function failing(
  lab: Lab,
  transport: "ring" | "perf",
): Promise<Events<unknown>> {
  const thrown = new Error("in flight");
  let left: Events<unknown> | undefined;
  const failure = await (async () => {
    await using events = await openBurst(lab, { transport });
    left = events;
    send(events.object, transport, 5);
    for await (const { sequence } of events) if (sequence === 1n) throw thrown;
  })().catch((error) => error);
  assert.equal(failure, thrown);
  assert.ok(left);
  return left;
}
