/**
 * U31: a map's entries, for whoever holds the map.
 *
 * The map put into an array of maps is made by ffi/bpf_syscall.ts, which mod.ts
 * does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { createMap, mapType } from "../../ffi/bpf_syscall.ts";
import { possibleCpus } from "../../ffi/cpu.ts";
import { libc } from "../../ffi/libc.ts";
import { BpfError, BpfObject, KernelMap, type MapEntries } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** The bytes of some 32-bit numbers. */
function words(...numbers: number[]): Bytes {
  return new Uint8Array(new Uint32Array(numbers).buffer);
}

/** The code of the error that `act` throws. */
function refused(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof BpfError) return error.code || error.message;
    throw error;
  }
  return "done";
}

/** Asserts what a hash of four 8-byte keys does, whoever holds it. */
function assertHash(map: MapEntries): void {
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
function assertPerCpu(map: MapEntries): void {
  const cpus = possibleCpus();
  const values = Array.from({ length: cpus }, (_, cpu) => [cpu + 1, 0]).flat();
  assert.deepEqual([map.perCpu, map.valueSize], [true, 4]);
  map.update(7, words(...values));
  assert.deepEqual(map.lookup(7), words(...values));
  assert.match(refused(() => map.update(7, words(1))), /bytes, not 4$/);
  assert.equal(refused(() => map.lookup(8)), "ENOENT");
}

/** Asserts that a pin keeps the map, and that only its own name is taken away. */
function assertPinned(object: BpfObject): void {
  const path = `/sys/fs/bpf/ringside-${Deno.pid}`;
  const places = object.map("places");
  places.pin(path);
  try {
    places.update(words(6, 60), words(7, 70));
    assert.equal(refused(() => places.pin(path)), "EEXIST");
    assert.match(
      refused(() => object.map("by_cpu").unpin(path)),
      /something else is pinned there$/,
    );
    using pinned = KernelMap.pinned(path);
    assert.deepEqual(pinned.lookup(words(6, 60)), words(7, 70));
  } finally {
    places.unpin(path);
  }
  assert.equal(refused(() => KernelMap.pinned(path)), "ENOENT");
}

/** Loads the maps; each part of the array of maps has seven entries. */
function load(lab: Lab): BpfObject {
  const object = BpfObject.open(lab.object("maps"));
  const { innerMap } = object.map("parts");
  assert.ok(innerMap && object.map("places").innerMap === undefined);
  innerMap.maxEntries = 7;
  object.map("places").flags = 1; // BPF_F_NO_PREALLOC
  object.load();
  return object;
}

/** Asserts that a map made by hand fits into the array, and is found there by its id. */
function assertParts(parts: MapEntries): void {
  const shape = { type: mapType.array, keySize: 4, valueSize: 8 };
  const fd = createMap({ ...shape, maxEntries: 7 });
  try {
    using part = KernelMap.fromFd(fd);
    parts.update(1, words(part.fd));
    assert.deepEqual(parts.lookup(1), words(part.id));
    assert.equal(part.maxEntries, 7);
    assert.deepEqual(
      [...part.keys()].map(String),
      [0, 1, 2, 3, 4, 5, 6].map((index) => String(words(index))),
    );
  } finally {
    libc().close(fd);
  }
}

/** U31. */
export const mapEntries: readonly Claim[] = [
  claim({
    id: "U31",
    title:
      "A map's entries are written, read, walked and deleted byte by byte, by its object, by a descriptor and by a pin",
    source: "kernel/bpf/syscall.c; Ringside's promise (ffi/map_entries.ts)",
    prove: (lab) => {
      using object = load(lab);
      const places = object.map("places");
      using same = KernelMap.fromFd(places.fd);
      const { name, type, keySize, valueSize, maxEntries, flags } = same;
      lab.evidence({ name, type, keySize, valueSize, maxEntries, flags });
      assert.deepEqual(
        [name, type, keySize, valueSize, maxEntries, flags],
        ["places", 1, 8, 8, 4, 1],
      );
      assertHash(places);
      assertHash(same);
      assertPerCpu(object.map("by_cpu"));
      assertParts(object.map("parts"));
      assertPinned(object);
      assert.equal(
        refused(() => KernelMap.fromFd(Deno.pid << 8)),
        "EBADF",
      );
      same.close();
      assert.match(refused(() => same.lookup(words(1, 10))), /it is closed$/);
    },
  }),
];
