/**
 * What maps of two types do with the bytes of their entries, whoever holds them.
 *
 * How many CPUs there may be is ffi/cpu.ts', which mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { possibleCpus } from "../../ffi/cpu.ts";
import { BpfError, type MapEntries } from "../../mod.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** The bytes of some 32-bit numbers. */
export function words(...numbers: number[]): Bytes {
  return new Uint8Array(new Uint32Array(numbers).buffer);
}

/** The code of the error that `act` throws. */
export function refused(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof BpfError) return error.code || error.message;
    throw error;
  }
  return "done";
}

/** Asserts what a hash of four 8-byte keys does, whoever holds it. */
export function assertHash(map: MapEntries): void {
  const key = words(1, 10);
  const keys = [key, words(2, 20), words(3, 30)];
  for (const key of keys) map.update(key, key);
  assert.deepEqual(map.lookup(words(2, 20)), words(2, 20));
  assert.equal(map.lookup(words(2, 21)), undefined);
  const text = (all: Iterable<Bytes>): string[] => [...all].map(String).sort();
  assert.deepEqual(text(map.keys()), text(keys));
  assert.deepEqual(
    [1, 2].map((flags) =>
      refused(() => map.update(words(flags === 1 ? 1 : 9, 10), key, flags))
    ),
    ["EEXIST", "ENOENT"],
  );
  map.update(words(4, 40), words(0, 0));
  assert.equal(refused(() => map.update(words(5, 50), words(0, 0))), "E2BIG");
  assert.match(refused(() => map.lookup(words(1))), /8 bytes, not 4$/);
  assert.match(refused(() => map.delete(words(1))), /8 bytes, not 4$/);
  assert.match(refused(() => map.update(key, words(1))), /8 bytes, not 4$/);
  // Whoever walks may delete what was just handed out, and meets the rest once.
  const walked: string[] = [];
  for (const key of map.keys()) {
    walked.push(String(key));
    if (walked.length === 2) assert.ok(map.delete(key));
  }
  assert.deepEqual([walked.length, new Set(walked).size], [4, 4]);
  for (const key of map.keys()) assert.ok(map.delete(key));
  assert.deepEqual([...map.keys()], []);
  assert.ok(!map.delete(words(1, 10)));
}

/** Asserts that a per-CPU entry is a value for every possible CPU. */
export function assertPerCpu(map: MapEntries): void {
  const cpus = possibleCpus();
  const values = Array.from({ length: cpus }, (_, cpu) => [cpu + 1, 0]).flat();
  assert.deepEqual([map.perCpu, map.valueSize], [true, 4]);
  map.update(7, words(...values));
  assert.deepEqual(map.lookup(7), words(...values));
  assert.match(refused(() => map.update(7, words(1))), /bytes, not 4$/);
  assert.equal(refused(() => map.lookup(8)), "ENOENT");
}
