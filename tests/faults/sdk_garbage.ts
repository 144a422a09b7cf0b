/**
 * Reads buffers of garbage where every byte beside them ends the process: it is
 * this file, started by tests/faults/sdk_guards_test.ts with what preload() of
 * tests/faults/sdk_faults.ts answers. Files stand for the kernel's memory.
 *
 * @module
 */

import assert from "node:assert/strict";
import { openSync, writeSync } from "node:fs";
import { parseArgs } from "node:util";
import { pageSize } from "../../ffi/bpf_syscall.ts";
import { Damage } from "../../ffi/damage.ts";
import { MappedRing } from "../../ffi/mapped_ring.ts";
import { PerfEvent } from "../../ffi/perf_event.ts";
import type { Sample } from "../../ffi/sample.ts";
import { BpfError } from "../../mod.ts";
import { Dice } from "../unit/dice.ts";
import { FakePerf } from "../unit/fake_perf.ts";
import { FakeRing } from "../unit/fake_ring.ts";
import { Faults, type Guards } from "./sdk_faults.ts";

const page = pageSize();

/** Buffers that are made of one that is as it should be. */
const mutants = 64;

/** What came of all of them. */
interface Tally {
  /** Buffers that were read to their end. */
  whole: number;
  /** Those that were an error. */
  refused: number;
  samples: number;
}

const tally: Tally = { whole: 0, refused: 0, samples: 0 };

/** Reads each byte of it. */
function touch(sample: Sample): void {
  assert.equal(sample.copy().length, sample.size);
  tally.samples++;
}

/** Nothing but a BpfError may come out. */
function survive(read: () => void): void {
  try {
    read();
    tally.whole++;
  } catch (error) {
    if (!(error instanceof BpfError)) throw error;
    tally.refused++;
  }
}

/** A file of so many pages, and what writes it anew. */
function file(
  pages: number,
): { fd: number; write: (bytes: Uint8Array) => void } {
  const path = Deno.makeTempFileSync();
  const fd = openSync(path, "r+");
  Deno.removeSync(path);
  const write = (bytes: Uint8Array): void =>
    void writeSync(fd, bytes, 0, bytes.length, 0);
  write(new Uint8Array(pages * page));
  return { fd, write };
}

/** Numbers that lengths, flags and positions go wrong at. */
function word(dice: Dice): number {
  const near = [0, 8, page - 8, page, 2 * page, 0x3ffffff8, -8];
  return dice.one(2)
    ? near[dice.below(near.length)] ?? 0
    : dice.word() | (dice.one(2) ? 0xc0000000 : 0);
}

function position(dice: Dice, at: bigint): bigint {
  if (!dice.one(3)) return at;
  return dice.one(2)
    ? dice.position()
    : BigInt.asUintN(64, at + BigInt(dice.below(4 * page)) - BigInt(2 * page));
}

/** The ring's consumer and producer pages, and its data twice. */
function rings(count: number): void {
  const { fd, write } = file(4);
  using ring = new MappedRing({ fd, size: page, name: "garbage" });
  const bytes = new Uint8Array(4 * page);
  const positions = new BigUint64Array(bytes.buffer);
  const words = new Int32Array(bytes.buffer, 2 * page);
  for (let at = 0; at < count; at += mutants) {
    const dice = new Dice(at);
    const fake = new FakeRing(page, dice.position());
    while (
      fake.put(dice.one(9) ? "busy" : "committed", dice.bytes(dice.below(200)))
    );
    const { memory } = fake;
    for (let mutant = 0; mutant < mutants; mutant++) {
      words.set(memory.words);
      for (let left = 1 + dice.below(6); left > 0; left--) {
        const place = dice.below(page / 4);
        words[place] = words[place + page / 4] = word(dice);
      }
      positions[0] = position(dice, memory.consumer[0] ?? 0n);
      positions[page / 8] = position(dice, memory.producer[0] ?? 0n);
      positions[page / 8 + 2] = dice.one(4) ? dice.position() : 0n;
      write(bytes);
      void [ring.waiting, ring.state];
      survive(() => ring.snapshot(touch));
      survive(() => void ring.drain(touch));
    }
  }
}

/** The perf buffer's control page, and its data; backward too. */
function perfs(count: number, faults: Faults): void {
  const { fd, write } = file(2);
  using event = new PerfEvent({ fd, cpu: 0, pages: 1 });
  using recorder = new PerfEvent({ fd, cpu: 0, pages: 1, overwrite: true });
  // A file cannot be paused; it is as if it were.
  faults.begin({ call: "ioctl", nth: 1, errno: 0 });
  recorder.pause();
  faults.end();
  const bytes = new Uint8Array(2 * page);
  const positions = new BigUint64Array(bytes.buffer, 1024, 2);
  const words = new Int32Array(bytes.buffer, page);
  for (let at = 0; at < count; at += mutants) {
    const dice = new Dice(at);
    const fake = new FakePerf(page, dice.position());
    while (fake.put({ is: "sample", bytes: dice.bytes(1 + dice.below(200)) }));
    for (let mutant = 0; mutant < mutants; mutant++) {
      words.set(fake.memory.words);
      for (let left = 1 + dice.below(6); left > 0; left--) {
        const one = word(dice);
        words[dice.below(page / 4)] = dice.one(2) ? one << 16 : one;
      }
      positions[0] = position(dice, fake.head);
      positions[1] = position(dice, fake.tail);
      write(bytes);
      void [event.waiting, event.state];
      survive(() => recorder.snapshot(touch, () => {}));
      drained(event);
    }
  }
}

/** A sample that claims too much is told by itself: what lies behind it is read. */
function drained(event: PerfEvent): void {
  for (let told = 0; told <= page / 8; told++) {
    let damage = false;
    survive(() => {
      try {
        event.drain(touch);
      } catch (error) {
        damage = error instanceof Damage;
        throw error;
      }
    });
    if (!damage) return;
  }
  assert.fail("nonsense is told again and again");
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      count: { type: "string", default: "1000" },
      guards: { type: "string", default: "guarded" },
    },
  });
  using faults = new Faults();
  faults.guards = values.guards as Guards;
  rings(Number(values.count));
  perfs(Number(values.count), faults);
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(tally)));
}
