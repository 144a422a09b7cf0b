/**
 * Q: what bpf_ringbuf_query() answers.
 *
 * @module
 */

import assert from "node:assert/strict";
import { type Claim, claim } from "../claim.ts";
import { header, RawRing } from "./raw_ring.ts";
import { query } from "./ring_flags.ts";

/** Q1, Q2, Q3, Q4. */
export const queries: readonly Claim[] = [
  claim({
    id: "Q1",
    title: "BPF_RB_RING_SIZE is max_entries",
    source: "include/uapi/linux/bpf.h: BPF_RB_RING_SIZE",
    since: "5.8",
    needs: "ring",
    prove: (lab) => {
      const sizes = [1, 4].map((pages) => {
        using ring = RawRing.open(lab, { pages });
        return { maxEntries: ring.size, answer: ring.ask(query.ringSize) };
      });
      lab.evidence({ sizes });
      assert.notEqual(sizes[0]?.answer, sizes[1]?.answer);
      for (const size of sizes) assert.equal(size.answer, size.maxEntries);
    },
  }),
  claim({
    id: "Q2",
    title:
      "BPF_RB_AVAIL_DATA is producer − consumer: it includes headers, padding, discarded and busy records",
    source: "kernel/bpf/ringbuf.c, ringbuf_avail_data_sz",
    since: "5.8",
    needs: "ring",
    corrects: {
      said: "BPF_RB_AVAIL_DATA is the data that can be consumed now",
      right:
        "It is producer − consumer: headers, padding, discarded records and busy ones are in it, so that it may be large while there is nothing to take",
    },
    prove: (lab) => {
      using ring = RawRing.open(lab);
      // Four records of 5 bytes: submitted, discarded, busy, submitted.
      assert.equal(ring.run("query_mixed"), 0);
      const available = ring.answer();
      const positions = ring.ask(query.producerPosition) -
        ring.ask(query.consumerPosition);
      assert.equal(ring.reader.consume(), 3);
      const delivered = ring.records.map((bytes) => bytes.length);
      const drained = ring.ask(query.availData);
      lab.evidence({ available, positions, delivered, drained });
      assert.equal(available, 4 * (header + 8));
      assert.equal(positions, available);
      assert.deepEqual(delivered, [5, 5, 5]);
      assert.equal(drained, 0);
    },
  }),
  claim({
    id: "Q3",
    title:
      "BPF_RB_CONS_POS and PROD_POS are logical, monotonic positions that run past the size",
    source: "Documentation/bpf/ringbuf.rst: logical positions that only grow",
    since: "5.8",
    needs: "ring",
    prove: (lab) => {
      using ring = RawRing.open(lab);
      const size = ring.size / 4;
      const record = header + size;
      const turns = 6;
      for (let turn = 1; turn <= turns; turn++) {
        assert.equal(ring.run("output", { size }), 0);
        assert.equal(ring.ask(query.producerPosition), turn * record);
        assert.equal(ring.ask(query.consumerPosition), (turn - 1) * record);
        assert.equal(ring.take().length, 1);
      }
      const last = ring.ask(query.consumerPosition);
      lab.evidence({ size: ring.size, position: last });
      assert.equal(last, turns * record);
      assert.ok(last > ring.size);
    },
  }),
  claim({
    id: "Q4",
    title: "An unknown query flag gives 0, so 0 is no error code",
    source: "kernel/bpf/ringbuf.c, bpf_ringbuf_query",
    since: "5.8",
    needs: "ring",
    corrects: {
      said: "A query that fails answers a negative error",
      right: "It answers 0, which is also the right answer of an empty ring",
    },
    prove: (lab) => {
      using ring = RawRing.open(lab);
      const empty = ring.ask(query.availData);
      assert.equal(ring.run("submit", { value: 1 }), 0);
      const unknown = [99n, 1n << 40n].map((flag) => ring.ask(flag));
      const known = ring.ask(query.producerPosition);
      lab.evidence({ unknown, empty, known });
      assert.deepEqual(unknown, [0, 0]);
      assert.equal(empty, 0, "a known query answers 0 too");
      assert.ok(known > 0);
    },
  }),
];
