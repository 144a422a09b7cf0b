/**
 * The producer of records of any size, bpf/mixed.bpf.c, and the comparison of
 * what two readers make of them.
 *
 * @module
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { BpfObject, type Transport } from "../../mod.ts";
import type { Json, Lab } from "../claim.ts";
import { requireTestRun } from "./trigger.ts";

/** Readings of each transport, and runs of the producer before each: more than fit. */
const [rounds, runs] = [8, 600];

/** The records of one reading. */
export type Records = Uint8Array<ArrayBuffer>[];

/** What its sizes are drawn from: every run sends the same records. */
const seed = 0x9e3779b97f4a7c15n;

/** Loads one half, and fills what its records are cut from. */
export function openMixed(lab: Lab, transport: Transport): BpfObject {
  requireTestRun();
  const loser = transport === "ring" ? "perf" : "ring";
  const object = BpfObject.open(lab.object("mixed"));
  try {
    object.program(`mix_${loser}`).autoload = false;
    object.map(loser).autocreate = false;
    object.load();
    const payload = object.map("payload");
    const bytes = new Uint8Array(payload.valueSize);
    payload.update(0, crypto.getRandomValues(bytes));
    const state = new BigUint64Array([seed, 0n, 0n]);
    object.map("state").update(0, new Uint8Array(state.buffer));
    return object;
  } catch (error) {
    object.close();
    throw error;
  }
}

/** What was sent and what was given up, by its own account. */
function accountOf(
  object: BpfObject,
): Record<"sent" | "discarded", number> {
  const words = new BigUint64Array(object.map("state").lookup(0).buffer);
  return { sent: Number(words[1]), discarded: Number(words[2]) };
}

/** Sends and reads both ways, `rounds` times; `read` answers libbpf's records and fills ours. */
export function compare(
  object: BpfObject,
  transport: "ring" | "perf",
  read: (ours: Records) => Records,
): Json {
  let records = 0;
  let bytes = 0;
  const sizes = new Set<number>();
  for (let round = 0; round < rounds; round++) {
    object.program(`mix_${transport}`).testRun({ repeat: runs });
    const ours: Records = [];
    const theirs = read(ours);
    assert.equal(ours.length, theirs.length);
    theirs.forEach((record, at) => {
      const same = Buffer.compare(ours[at] ?? new Uint8Array(), record) === 0;
      assert.ok(same, `record ${records + at} differs`);
      sizes.add(record.length);
      bytes += record.length;
    });
    records += theirs.length;
  }
  const { sent, discarded } = accountOf(object);
  assert.ok(records > 1000 && sizes.size > 100, `${records} records`);
  // A full perf buffer says that it took a record in 4.19.
  if (transport === "ring") assert.equal(records, sent, "not all were read");
  return { records, bytes, sizes: sizes.size, discarded };
}
