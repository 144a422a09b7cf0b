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
import { libc } from "../../ffi/libc.ts";
import { BpfObject, KernelMap, type MapEntries } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";
import { assertHash, assertPerCpu, refused, words } from "./map_bytes.ts";

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
    mounted: "bpf",
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
