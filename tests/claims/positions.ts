/**
 * Q: where producer and consumer stand, as several sides see it.
 *
 * The mapped positions are ffi/mapped_ring.ts and ffi/ring_positions.ts, which
 * mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import {
  libbpfPositions,
  type RingPositions,
} from "../../ffi/ring_positions.ts";
import { type BpfMap, libbpfVersion, RingBuffer } from "../../mod.ts";
import { type Claim, claim } from "../claim.ts";
import { mapRing } from "./map_ring.ts";
import { RawRing } from "./raw_ring.ts";
import { query } from "./ring_flags.ts";

/** What the program is told. */
function asked(ring: RawRing): RingPositions {
  return {
    consumer: ring.ask(query.consumerPosition),
    producer: ring.ask(query.producerPosition),
    available: ring.ask(query.availData),
    size: ring.ask(query.ringSize),
  };
}

/** What stands in the pages that user space maps: one for each position. */
function mapped(map: BpfMap): RingPositions {
  using ring = mapRing(map);
  const { consumer, producer, size } = ring;
  return { consumer, producer, available: producer - consumer, size };
}

/** Q6, Q7. */
export const positions: readonly Claim[] = [
  claim({
    id: "Q6",
    title:
      "When nothing runs, the queries equal what user space sees in the mapped positions and, where libbpf has them (from 1.3), what its ring__* say",
    source:
      "kernel/bpf/ringbuf.c, struct bpf_ringbuf; libbpf 1.3: ring__consumer_pos, ring__producer_pos, ring__avail_data_size, ring__size",
    since: "5.8",
    needs: "ring",
    prove: (lab) => {
      using ring = RawRing.open(lab);
      const map = ring.object.map("ring");
      const most = ring.size - 200;
      const looks = [most, most, 500].map((size) => {
        ring.reader.consume();
        assert.equal(ring.run("output", { size }), 0);
        const look = asked(ring);
        assert.deepEqual(mapped(map), look);
        const read = libbpfPositions(map);
        if (read !== undefined) assert.deepEqual(read, look);
        return [look.consumer, look.producer];
      });
      const has = libbpfPositions(map) !== undefined;
      lab.evidence({
        looks,
        comparedWith: ["the mapped positions", ...(has ? ["ring__*"] : [])],
        libbpf: `${libbpfVersion()}, which has ${has ? "" : "no "}ring__*`,
      });
      const [consumer = 0, producer = 0] = looks.at(-1) ?? [];
      assert.ok(consumer > ring.size && producer > consumer);
    },
  }),
  claim({
    id: "Q7",
    title:
      "Positions live in the map: a consumer that is closed and opened again goes on where it stopped",
    source:
      "kernel/bpf/ringbuf.c, struct bpf_ringbuf; libbpf, ringbuf_process_ring: it begins at the consumer's mapped position",
    since: "5.8",
    needs: "ring",
    prove: (lab) => {
      using ring = RawRing.open(lab);
      ring.reader.close();
      for (const value of [1, 2, 3, 4, 5]) {
        assert.equal(ring.run("submit", { value }), 0);
      }
      const first = take(ring, 2);
      const between = asked(ring);
      const second = take(ring, 2);
      assert.equal(ring.run("submit", { value: 6 }), 0);
      const third = take(ring, Infinity);
      lab.evidence({ first, between: { ...between }, second, third });
      assert.deepEqual([first, second, third], [[1, 2], [3, 4], [5, 6]]);
      assert.equal(between.consumer, 2 * (between.producer / 5));
    },
  }),
];

/** Opens a consumer, takes `most` records at most, and closes it. */
function take(ring: RawRing, most: number): number[] {
  const taken: number[] = [];
  using reader = RingBuffer.open(ring.object.map("ring"), (sample) => {
    taken.push(sample.getUint8(0));
    return taken.length < most;
  });
  reader.consume();
  return taken;
}
