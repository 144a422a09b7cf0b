/**
 * S: how large a record is, and how large it may be.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { BpfError, openEvents, probeRing, type Transport } from "../../mod.ts";
import { type Claim, claim, type Json, type Lab } from "../claim.ts";
import { RawPerf, type RawRecord } from "./raw_perf.ts";
import { RawRing } from "./raw_ring.ts";
import { requireTestRun } from "./trigger.ts";

const { E2BIG, ENOMEM } = constants.errno;

/** Bytes that are sent, with each remainder of 8. */
const sizes = [1, 2, 3, 4, 5, 11, 12, 13, 16, 17, 20, 30];

const padded = (size: number): number => Math.ceil((size + 4) / 8) * 8 - 4;

/** What bpf/quiet.bpf.c sends. */
const letters = "abcdefghijklm";

/** The records that `count` events of thirteen bytes are to a user of the SDK. */
async function bySdk(lab: Lab, transport: Transport): Promise<Json> {
  requireTestRun();
  await using events = await openEvents(lab.object("quiet"), {
    ...{ transport, attach: false, decode: "bytes" },
  });
  events.object.program(`submit_${transport}`).testRun({ repeat: 3 });
  const got = events.drain();
  for (const bytes of got) {
    assert.equal(new TextDecoder().decode(bytes.copy()), letters);
  }
  assert.equal(got.length, 3);
  return { sizes: got.map(({ size }) => size), raw: events.stats().bytes };
}

/** S4, S5. */
export const recordSizes: readonly Claim[] = [
  claim({
    id: "S4",
    title:
      "A perf sample's size is round_up(n + 4, 8) − 4; a ring record's is exactly n. The SDK gives exactly n on both",
    source:
      "kernel/events/core.c, perf_prepare_sample: round_up(sum + sizeof(u32), sizeof(u64)); kernel/bpf/ringbuf.c",
    corrects: {
      said: "The reader is told the size of the event that was sent",
      right:
        "On the ring. Perf rounds up to round_up(n + 4, 8) − 4, and what the padding holds is anybody's",
    },
    prove: async (lab) => {
      using perf = RawPerf.open(lab, { pages: 1 });
      const samples = sizes.map((size) => perf.record(size).sample);
      lab.evidence({ sizes, samples, perf: await bySdk(lab, "perf") });
      assert.deepEqual(samples, sizes.map(padded));
      if (!probeRing().has) return;
      using ring = RawRing.open(lab);
      for (const size of sizes) assert.equal(ring.run("output", { size }), 0);
      ring.reader.consume();
      const records = ring.records.map((bytes) => bytes.length);
      lab.evidence({ records, ring: await bySdk(lab, "ring") });
      assert.deepEqual(records, sizes);
    },
  }),
  claim({
    id: "S5",
    title:
      "Perf events near and over 64 KiB vanish or corrupt silently; the SDK refuses or reports them",
    source:
      "include/uapi/linux/perf_event.h: perf_event_header.size has 16 bits; mm/percpu.c: PCPU_MIN_UNIT_SIZE",
    prove: async (lab) => {
      const record = (size: number): RawRecord => {
        using perf = RawPerf.open(lab, { pages: 32 });
        return perf.record(size);
      };
      const [fits, wraps, over] = [record(65516), record(65524), record(70000)];
      const sdk = await refusal(lab);
      lab.evidence({
        ...{ fits: { ...fits }, wraps: { ...wraps }, over: { ...over }, sdk },
      });
      assert.deepEqual(fits, { moved: 65528, size: 65528, sample: 65516 });
      // The helper answers 0, and nothing has happened.
      assert.equal(wraps.moved, 0);
      // The reader is told of 70004 bytes in a record of 4480.
      const left = 8 + 4 + padded(70000) - 65536;
      assert.deepEqual(over, {
        moved: left,
        size: left,
        sample: padded(70000),
      });
      if (probeRing().has) lab.evidence({ ring: await huge(lab) });
    },
  }),
];

/** What the SDK says of a stream of events of 70000 bytes on perf. */
async function refusal(lab: Lab): Promise<string> {
  const options = { transport: "perf", attach: false } as const;
  const failure = await openEvents(lab.object("huge"), options)
    .then((events) => events.close(), (error) => error);
  assert.ok(failure instanceof BpfError, "the SDK opens it");
  assert.ok([E2BIG, ENOMEM].includes(failure.errno), failure.message);
  return failure.message.replace(/".*\//, '"');
}

/** A ring carries them whole. */
async function huge(lab: Lab): Promise<Json> {
  await using events = await openEvents(lab.object("huge"), {
    ...{ transport: "ring", attach: false, decode: "bytes" },
  });
  events.object.program("submit_ring").testRun();
  const [sample] = events.drain();
  const bytes = sample?.copy() ?? new Uint8Array();
  assert.deepEqual([bytes.length, bytes.at(0), bytes.at(-1)], [70000, 1, 2]);
  return bytes.length;
}
