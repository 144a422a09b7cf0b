/**
 * The kernel's buffers: rings and perf buffers of garbage in ordinary memory, in
 * an array as long as they are.
 *
 * @module
 */

import assert from "node:assert/strict";
import { BpfError } from "../../../ffi/error.ts";
import { drainPerf } from "../../../ffi/perf_drain.ts";
import { countSamples, perfMemory } from "../../../ffi/perf_records.ts";
import { copyBackward, handOver } from "../../../ffi/perf_snapshot.ts";
import { drainRing } from "../../../ffi/ring_drain.ts";
import { countRecords, ringMemory } from "../../../ffi/ring_records.ts";
import { snapshotRing } from "../../../ffi/ring_snapshot.ts";
import type { SampleSink } from "../../../ffi/sample.ts";
import type { Dice } from "../../unit/dice.ts";
import { FakePerf, type Written } from "../../unit/fake_perf.ts";
import { FakeRing } from "../../unit/fake_ring.ts";
import {
  type Promised,
  promisedOfPerf,
  promisedOfRing,
  Taker,
} from "../promised.ts";
import { declared, type Input, isOneOf, type Target } from "../target.ts";

const isBpfError = isOneOf(BpfError);

/** Bytes of the positions in front of an input's data. */
const headBytes = 24;

/** The largest power of two that an input has bytes for, at least a few records'. */
function sizeOf(input: Input): number {
  const bytes = Math.max(64, input.length - headBytes);
  return 2 ** Math.floor(Math.log2(Math.min(bytes, 1 << 14)));
}

/** The positions, and data of `size` bytes. */
function parts(input: Input, size: number): [BigUint64Array, Input] {
  const whole = new Uint8Array(headBytes + size);
  whole.set(input.subarray(0, whole.length));
  return [
    new BigUint64Array(whole.buffer, 0, 3),
    whole.subarray(headBytes),
  ];
}

/** Drains until nothing is told any more; what comes, and where it ends, is what was promised. */
async function assertDrained(
  size: number,
  { samples, end }: Promised,
  drain: (sink: SampleSink) => boolean,
  position: () => bigint | undefined,
): Promise<void> {
  const taker = new Taker(size);
  // Nonsense is told once; a sample that is longer than its record for each one.
  for (let told = 0; told <= size / 8; told++) {
    const whole = await declared(isBpfError, () => drain(taker.take));
    taker.assertEnded();
    if (whole === undefined) continue;
    assert.ok(whole, "nobody ended it");
    assert.deepEqual(taker.samples, samples);
    assert.equal(position(), end);
    return;
  }
  assert.fail("nonsense is told again and again");
}

/** A snapshot lends as a drain does, and takes nothing. */
async function assertShown(
  size: number,
  show: (sink: SampleSink) => void,
): Promise<void> {
  const taker = new Taker(size);
  await declared(isBpfError, () => show(taker.take));
  taker.assertEnded();
}

/** Page in front of the data, as tests have it. */
const page = 64;

async function ringOf(input: Input): Promise<void> {
  const size = sizeOf(input);
  const [[consumer = 0n, producer = 0n, overwrite = 0n], data] = parts(
    input,
    size,
  );
  const rest = new Uint8Array(page + 2 * size);
  rest.set(data, page);
  rest.set(data, page + size);
  const ring = ringMemory(
    { name: "fuzz", size },
    new BigUint64Array([consumer]).buffer,
    rest.buffer,
  );
  ring.producer.set([producer, 0n, overwrite]);
  countRecords(ring);
  await assertShown(size, (sink) => snapshotRing(ring, sink, () => {}));
  if (overwrite !== 0n) ring.producer[2] = 0n;
  await assertDrained(
    size,
    promisedOfRing({ data, from: consumer, to: producer }),
    (sink) => drainRing(ring, sink),
    () => ring.consumer[0],
  );
}

async function perfOf(input: Input): Promise<void> {
  const size = sizeOf(input);
  const [[head = 0n, tail = 0n], data] = parts(input, size);
  const control = 1040;
  const memory = new Uint8Array(control + size);
  memory.set(data, control);
  const perf = perfMemory(0, memory.buffer, control);
  perf.positions.set([head, tail]);
  countSamples(perf);
  await assertShown(size, (sink) => handOver(perf, copyBackward(perf), sink));
  await assertDrained(
    size,
    promisedOfPerf({ data, from: tail, to: head }),
    (sink) => drainPerf(perf, sink, () => {}),
    () => perf.positions[1],
  );
}

/** Positions in front of data. */
function made(positions: readonly bigint[], data: Uint8Array): Input {
  const whole = new Uint8Array(headBytes + data.length);
  new BigUint64Array(whole.buffer, 0, 3).set(positions);
  whole.set(data, headBytes);
  return whole;
}

/** A ring that is as it should be, but for some words of it. */
function generateRing(dice: Dice): Input {
  const size = 64 << dice.below(6);
  const ring = new FakeRing(size, dice.position());
  while (
    ring.put(
      dice.one(8) ? "busy" : dice.one(4) ? "discarded" : "committed",
      dice.bytes(dice.below(dice.one(3) ? size : 40)),
    )
  );
  const { memory, consumer } = ring;
  const { buffer, byteOffset } = memory.data;
  const data = new Uint8Array(buffer, byteOffset, size).slice();
  spoil(new Int32Array(data.buffer), dice);
  const [producer = 0n] = memory.producer;
  const overwrite = dice.one(4) ? dice.position() : 0n;
  return made([consumer, producer, overwrite], data);
}

function generatePerf(dice: Dice): Input {
  const size = 128 << dice.below(6);
  const perf = new FakePerf(size, dice.position());
  const record = (): Written =>
    dice.one(8)
      ? { is: "lost", count: dice.below(9) }
      : { is: "sample", bytes: dice.bytes(1 + dice.below(60)) };
  while (perf.put(record()));
  const { buffer, byteOffset } = perf.memory.data;
  const data = new Uint8Array(buffer, byteOffset, size).slice();
  spoil(new Int32Array(data.buffer), dice);
  return made([perf.head, perf.tail], data);
}

function spoil(words: Int32Array, dice: Dice): void {
  for (let left = dice.below(6); left > 0; left--) {
    const nearby = dice.one(2) ? dice.below(16) * 8 : dice.word();
    words[dice.below(words.length)] = dice.one(2) ? nearby << 16 : nearby;
  }
}

const ring: Target = {
  name: "ring",
  words: [],
  generate: generateRing,
  run: ringOf,
};

const perf: Target = {
  name: "perf",
  words: [],
  generate: generatePerf,
  run: perfOf,
};

/** All of them. */
export const buffers: readonly Target[] = [ring, perf];
