/**
 * U: an event that is larger than its ring.
 *
 * @module
 */

import assert from "node:assert/strict";
import { openEvents } from "../../mod.ts";
import { type Claim, claim } from "../claim.ts";

/** U29. */
export const hugeEvent: readonly Claim[] = [
  claim({
    id: "U29",
    title:
      "An event that no empty ring has room for is an error when the stream is opened, not a loss of every one",
    source: "kernel/bpf/ringbuf.c, __bpf_ringbuf_reserve; sdk/stream.ts",
    since: "5.8",
    needs: "ring",
    prove: async (lab) => {
      const options = { transport: "ring", attach: false } as const;
      const path = lab.object("huge");
      const small = openEvents(path, { ...options, ringBytes: 65536 });
      const [event, least] = [70000, 131072];
      await assert.rejects(
        small,
        /an event of 70000 bytes never fits a buffer of 65536/,
      );
      await using events = await openEvents(path, {
        ...{ ...options, ringBytes: least },
      });
      assert.equal(events.object.program("submit_ring").testRun().result, 0);
      assert.equal(events.drain().length, 1);
      lab.evidence({ event, refused: 65536, least });
    },
  }),
];
