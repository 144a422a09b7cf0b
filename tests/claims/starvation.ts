/**
 * W: whom a commit leaves asleep.
 *
 * @module
 */

import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { type Events, openEvents } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";
import { asleep, soundMs, wakes } from "./armed.ts";
import { RawRing } from "./raw_ring.ts";
import { wakeup } from "./ring_flags.ts";
import { patienceMs, soon, watchMs } from "./woken.ts";

const { adaptive, none, force } = wakeup;

/** Waits until one was not ended meanwhile; on a busy machine several are. */
const mostTurns = 50;

/** The traps: what is done before an adaptive submit that then wakes nobody. */
const traps = {
  submit: "submit_quietly_ring",
  discard: "discard_quietly_ring",
};

/** W1, W4. */
export const starvation: readonly Claim[] = [
  claim({
    id: "W1",
    title:
      "Adaptive: a commit wakes the consumer only if it stands on that record",
    source: "kernel/bpf/ringbuf.c, bpf_ringbuf_commit: rec_pos == cons_pos",
    since: "5.8",
    needs: "ring",
    prove: async (lab) => {
      using ring = RawRing.open(lab);
      const fd = ring.reader.epollFd;
      const standsOnMs = await soon(fd, () => ring.submit(adaptive));
      const ms = watchMs(standsOnMs);
      assert.deepEqual(ring.take(), [1]);
      // Two reserved, the later one submitted first, the earlier one with `flags`.
      const backwards = (flags: bigint) => (): void =>
        assert.equal(ring.run("backwards", { flags }), 0);
      const later = await wakes(fd, ms, backwards(none));
      assert.deepEqual(ring.take(), [1, 2]);
      const earlierMs = await soon(fd, backwards(adaptive));
      assert.deepEqual(ring.take(), [1, 2]);
      lab.evidence({ watchMs: ms, standsOnMs, earlierMs, later });
      assert.ok(!later, "the commit of a later record wakes");
    },
  }),
  claim({
    id: "W4",
    title:
      "The trap: NO_WAKEUP, then adaptive → nobody is woken; discard(NO_WAKEUP), then submit(0) likewise. The SDK is not starved by either",
    source:
      'f9a80c7ce49e ("bpf: Clarify BPF_RB_NO_WAKEUP behavior for bpf_ringbuf_discard()"), Linux 7.1; sdk/reader.ts: a drain every 100 ms',
    since: "5.8",
    needs: "ring",
    corrects: {
      said:
        "Behind records with BPF_RB_NO_WAKEUP the next ordinary submit wakes the consumer",
      right:
        "It does not: the ring's own rule wakes only a consumer that stands on that very record. It takes BPF_RB_FORCE_WAKEUP, or a consumer that also drains by time",
    },
    prove: async (lab) => {
      using ring = RawRing.open(lab);
      const fd = ring.reader.epollFd;
      const controlMs = await soon(fd, () => ring.submit(force));
      assert.deepEqual(ring.take(), [1]);
      for (const first of ["submit", "discard"] as const) {
        const woken = await wakes(fd, watchMs(controlMs), () => {
          assert.equal(ring.run(first, { flags: none, value: 2 }), 0);
          ring.submit(adaptive);
        });
        assert.ok(!woken, `${first}(NO_WAKEUP), then submit(0) wakes`);
        assert.deepEqual(ring.take(), first === "submit" ? [2, 1] : [1]);
      }
      const submitMs = await rescued(lab, traps.submit);
      const discardMs = await rescued(lab, traps.discard);
      lab.evidence({ controlMs, sdk: { submitMs, discardMs } });
    },
  }),
];

/** Springs the trap on a stream that waits: how long until it has an event, ms. */
async function rescued(lab: Lab, trap: string): Promise<number> {
  await using events = await openEvents(lab.object("quiet"), {
    ...{ transport: "ring", attach: false, decode: "bytes" },
  });
  for (let turn = 0; turn < mostTurns; turn++) {
    const { wakeups } = events.stats();
    const { sound, ms } = await spring(events, trap);
    // A wait that ends just before the trap is followed by one that sees the data.
    if (sound && events.stats().wakeups === wakeups) return ms;
  }
  throw new Error("No event came after a sleep by time: the trap is none");
}

/** Whether the reader slept behind all of the trap, and how long it took until it had an event, ms. */
async function spring(
  events: Events<unknown>,
  trap: string,
): Promise<{ sound: boolean; ms: number }> {
  const [asked, waiting] = [performance.now(), events.next()];
  const patience = setTimeout(() => events.close(), patienceMs);
  while (!asleep()) await setImmediate();
  const began = performance.now();
  assert.equal(events.object.program(trap).testRun().result, 0);
  assert.equal(events.object.program("submit_ring").testRun().result, 0);
  const sound = performance.now() - asked < soundMs;
  assert.equal((await waiting).is, "event", "the SDK is starved");
  clearTimeout(patience);
  const ms = Math.round(performance.now() - began);
  events.drain();
  const { attempted, delivered } = events.stats();
  assert.equal(delivered, attempted);
  return { sound, ms };
}
