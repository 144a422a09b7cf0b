/**
 * S: sizes and mappings.
 *
 * The raw BPF_MAP_CREATE is ffi/bpf_syscall.ts, which mod.ts does not hand on:
 * libbpf rounds the size of a ring; nor is ffi/memlock.ts, since libbpf lifts
 * the limit itself when it loads.
 *
 * @module
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { constants } from "node:os";
import { mapType, pageSize, tryMap } from "../../ffi/bpf_syscall.ts";
import { raiseMemlock } from "../../ffi/memlock.ts";
import { type Claim, claim, type Json } from "../claim.ts";
import { header, RawRing } from "./raw_ring.ts";
import { query } from "./ring_flags.ts";

const { EINVAL } = constants.errno;

/** S1. */
export const sizes: readonly Claim[] = [
  claim({
    id: "S1",
    title:
      "A ring's size must be a power of two and a multiple of the page: positions are masked, and the data pages are mapped twice in a row",
    source:
      "kernel/bpf/ringbuf.c, ringbuf_map_alloc; Documentation/bpf/ringbuf.rst",
    since: "5.8",
    needs: "ring",
    corrects: {
      said: "A ring's size is a power of two, because positions are masked",
      right:
        "And a multiple of the page: the data pages are mapped twice in a row, so that a record across the end is whole. 2048 is a power of two, and refused",
    },
    prove: (lab) => {
      raiseMemlock(); // 5.8 to 5.10 charge rings against the limit: F3
      const page = pageSize();
      const refused = [0, page / 2, page + 1, 3 * page];
      const taken = [page, 2 * page, 16 * page];
      const errnos: Record<string, Json> = {};
      for (const maxEntries of [...refused, ...taken]) {
        errnos[maxEntries] = tryMap({ type: mapType.ringbuf, maxEntries });
      }
      lab.evidence({ errnos });
      for (const size of refused) assert.equal(errnos[size], EINVAL);
      for (const size of taken) assert.equal(errnos[size], 0);
      using ring = RawRing.open(lab);
      straddle(ring);
    },
  }),
];

/** A record across the ring's end arrives in one piece: behind the last page the first follows again. */
function straddle(ring: RawRing): void {
  const length = ring.size - 1096;
  const bytes = Uint8Array.from({ length: 65536 }, (_, at) => at % 251);
  ring.object.map("payload").update(0, bytes);
  for (let turn = 0; turn < 2; turn++) {
    assert.equal(ring.run("output", { size: length }), 0);
    ring.reader.consume();
  }
  const end = ring.ask(query.producerPosition);
  assert.ok(end > ring.size && end - length - header < ring.size);
  assert.deepEqual(ring.records.map((record) => record.length), [
    length,
    length,
  ]);
  const last = ring.records[1] ?? new Uint8Array();
  assert.equal(Buffer.compare(last, bytes.subarray(0, length)), 0);
}
