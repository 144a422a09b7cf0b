/**
 * U: what a reader may ask of the buffers: what they hold, to pause, to record.
 *
 * The page's size is ffi/bpf_syscall.ts', which mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { pageSize } from "../../ffi/bpf_syscall.ts";
import { BpfError, openEvents } from "../../mod.ts";
import { type Claim, claim } from "../claim.ts";
import {
  assertFlow,
  numberOf,
  onStream,
  sendFrom,
  twoCpus,
} from "./stamped.ts";

/** Bytes of the stream's ring, and of each CPU's perf buffer here, whatever a page has. */
const size = 65_536;

/** U24, U25, U29. */
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
          return before.available;
        }
        events.pause();
        sendFrom(low, events, "one", 4);
        events.resume();
        sendFrom(low, events, "one", 2);
        assert.deepEqual(events.drain().map(numberOf), [7, 8]);
        assertFlow(events.stats(), [9, 5, 4, 0]);
        return before.available;
      }),
  }),
  claim({
    id: "U25",
    title:
      "Overwrite mode is a flight recorder: the newest events are there, whole and in order, and what gave way is counted",
    source:
      "Ringside's promise (sdk/recorder.ts); write_backward, Linux 4.7; BPF_F_RB_OVERWRITE, Linux 6.19",
    prove: (lab) =>
      onStream(
        lab,
        "one",
        { overwrite: true, transport: "auto", perfPages: 2, ringBytes: 8192 },
        async (events) => {
          const [low] = twoCpus();
          const sent = Math.ceil(400 * pageSize() / 4096);
          sendFrom(low, events, "one", sent);
          const kept = events.snapshot().map(numberOf);
          const first = sent - kept.length;
          assert.deepEqual(kept, kept.map((_, index) => first + index));
          assert.ok(kept.length > 100 && first > 0);
          assert.deepEqual(events.snapshot().map(numberOf), kept);
          assertFlow(events.stats(), [sent, 0, first, kept.length]);
          assert.equal(events.stats().lostBy.overwritten, first);
          await assert.rejects(events.next(), /by snapshot\(\)/);
          return { kept: kept.length, reason: events.reason };
        },
      ),
  }),
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
