/**
 * Q8: what a query is worth while others produce.
 *
 * @module
 */

import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { type Claim, claim, type Lab } from "../claim.ts";
import { Held } from "./held.ts";
import { Ongoing } from "./ongoing.ts";
import { Apart } from "./pool.ts";
import { answer, header, RawRing } from "./raw_ring.ts";
import { query } from "./ring_flags.ts";

/** Bytes of a record of one 64-bit number with its header. */
const recordBytes = header + 8;

/** Pages of the ring that is flooded: filling it takes longer than many questions. */
const pages = 256;

/** An empty ring and a full one are two answers: more were given in between. */
const enough = 3;

/** Floods, should a thread that is made for the first be on the asking one's CPU, or their CPUs be taken away. */
const mostFloods = 30;

/** What was answered during the floods, bytes. */
interface Flood {
  readonly size: number;
  readonly most: number;
  /** Number of different answers. */
  readonly different: number;
}

/** Q8. */
export const underLoad: readonly Claim[] = [
  claim({
    id: "Q8",
    title:
      "Queries are snapshots: under load AVAIL_DATA taken twice may differ, and never exceeds the size (outside overwrite mode)",
    source: "kernel/bpf/ringbuf.c, ringbuf_avail_data_sz: it takes no lock",
    since: "5.8",
    needs: "ring",
    corrects: {
      said: "A query says how full the ring is",
      right:
        "It says how full it was: two positions read without a lock, good to decide on a wakeup and for nothing that must be exact",
    },
    prove: async (lab) => {
      const twice = await askedTwice(lab);
      using apart = new Apart();
      let [floods, flooded] = [1, await flood(lab)];
      for (; floods < mostFloods && flooded.different < enough; floods++) {
        apart.part();
        flooded = await flood(lab);
      }
      lab.evidence({ twice, floods, flood: { ...flooded } });
      const [before = 0, after = 0] = twice;
      assert.equal(before, 2 * recordBytes);
      assert.equal(after, 3 * recordBytes);
      assert.equal(flooded.most, flooded.size - recordBytes);
      assert.ok(flooded.different >= enough, "nothing was produced meanwhile");
    },
  }),
];

/** One program asks twice; in between, and only there, this thread submits a record. */
async function askedTwice(lab: Lab): Promise<number[]> {
  return await Held.look(lab, async (held) => {
    held.ring.submit(0n);
    await held.release();
    const words = held.ring.object.map("snapshots").lookup(0);
    return [...new BigUint64Array(words.buffer)].map(Number);
  });
}

/** Asks while another thread produces as fast as it can, and more than there is room for. */
async function flood(lab: Lab): Promise<Flood> {
  using ring = RawRing.open(lab, { pages });
  const repeat = Math.ceil(1.25 * ring.size / recordBytes);
  const seen = new Set([ring.ask(query.availData)]);
  const program = ring.object.program("submit");
  const run = new Ongoing(program.testRunElsewhere({ repeat }));
  while (!run.isOver) {
    for (let ask = 0; ask < 20; ask++) seen.add(ring.ask(query.availData));
    await setImmediate();
  }
  assert.equal(
    (await run.result).result,
    answer.null,
    "the flood has not filled it",
  );
  seen.add(ring.ask(query.availData));
  return { size: ring.size, most: Math.max(...seen), different: seen.size };
}
