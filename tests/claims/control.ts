/**
 * U: what a reader may ask of the buffers: what they hold, and to pause.
 *
 * The page's size is ffi/bpf_syscall.ts', which mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { pageSize } from "../../ffi/bpf_syscall.ts";
import { BpfError, type LostBy } from "../../mod.ts";
import { type Claim, claim } from "../claim.ts";
import {
  assertFlow,
  numberOf,
  onStream,
  sendFrom,
  twoCpus,
} from "./stamped.ts";

const { ENOSPC } = constants.errno;

/** Bytes of the stream's ring, and of each CPU's perf buffer here, whatever a page has. */
const size = 65_536;

/** Events that are sent to a paused buffer. */
const paused = 4;

/** Asserts that they were lost as full, and silently only where the helper says nothing: L1. */
function assertFull({ full, silent }: LostBy, answer: number): void {
  assert.ok([-ENOSPC, 0].includes(answer), `the helper answered ${answer}`);
  const told = answer === -ENOSPC;
  assert.deepEqual([full, silent], told ? [paused, 0] : [0, paused]);
}

/** U24. */
export const control: readonly Claim[] = [
  claim({
    id: "U24",
    title:
      "queries() tells size, positions and occupancy; a paused perf buffer loses as full, a ring cannot be paused",
    source:
      "Ringside's promise (sdk/events.ts); PERF_EVENT_IOC_PAUSE_OUTPUT, Linux 4.7",
    prove: (lab) =>
      onStream(lab, "one", { perfPages: size / pageSize() }, (events) => {
        const [low] = twoCpus();
        sendFrom(low, events, "one", 3);
        const before = events.queries().find(({ available }) => available > 0);
        assert.equal(before?.size, size);
        assert.equal(before.available, before.producer - before.consumer);
        assert.equal(events.occupancy, before.available / before.size);
        assert.equal(events.drain().length, 3);
        assert.equal(events.occupancy, 0);
        if (events.transport === "ring") {
          assert.throws(() => events.pause(), BpfError);
          return { available: before.available };
        }
        events.pause();
        const answer = sendFrom(low, events, "one", paused);
        events.resume();
        sendFrom(low, events, "one", 2);
        assert.deepEqual(events.drain().map(numberOf), [7, 8]);
        assertFlow(events.stats(), [9, 5, paused, 0]);
        assertFull(events.stats().lostBy, answer);
        return { available: before.available, answer };
      }),
  }),
];
