/**
 * W: what wakes a consumer.
 *
 * @module
 */

import assert from "node:assert/strict";
import { Waiter } from "../../ffi/wait.ts";
import { type Claim, claim } from "../claim.ts";
import { wakes } from "./armed.ts";
import { RawRing, wakeup } from "./raw_ring.ts";

/**
 * How long a consumer is watched before it counts as not woken, ms. Each claim
 * measures beside it how soon a wakeup comes when one is sent.
 */
const watchMs = 200;

/** How soon, in ms, `act` wakes the consumer of `fd`; fails if it does not. */
async function soon(fd: number, act: () => void): Promise<number> {
  let began = 0;
  const woken = await wakes(fd, 10 * watchMs, () => {
    began = performance.now();
    act();
  });
  assert.ok(woken, "the control was not woken");
  return Math.round((performance.now() - began) * 1000) / 1000;
}

/** W2, W3. */
export const wakeups: readonly Claim[] = [
  claim({
    id: "W2",
    title: "BPF_RB_NO_WAKEUP does not wake; the data is found at the next poll",
    source:
      "include/uapi/linux/bpf.h: BPF_RB_NO_WAKEUP; kernel/bpf/ringbuf.c, bpf_ringbuf_commit",
    since: "5.8",
    needs: "ring",
    prove: async (lab) => {
      using ring = RawRing.open(lab);
      const fd = ring.reader.epollFd;
      const controlMs = await soon(fd, () => ring.submit(wakeup.adaptive));
      assert.deepEqual(ring.take(), [1]);
      assert.ok(controlMs < watchMs, `a wakeup took ${controlMs} ms`);
      const woken = await wakes(fd, watchMs, () => ring.submit(wakeup.none));
      lab.evidence({ watchMs, controlMs, woken });
      assert.ok(!woken);
      using waiter = new Waiter();
      assert.ok(await waiter.readable(ring.object.map("ring").fd, 0));
      assert.deepEqual(ring.take(), [1]);
    },
  }),
  claim({
    id: "W3",
    title: "BPF_RB_FORCE_WAKEUP always wakes, and wins over NO_WAKEUP",
    source:
      "include/uapi/linux/bpf.h: BPF_RB_FORCE_WAKEUP; kernel/bpf/ringbuf.c, bpf_ringbuf_commit",
    since: "5.8",
    needs: "ring",
    prove: async (lab) => {
      using ring = RawRing.open(lab);
      const fd = ring.reader.epollFd;
      // The consumer stands on an unread record: an adaptive commit is silent now.
      ring.submit(wakeup.none);
      const adaptive = await wakes(
        fd,
        watchMs,
        () => ring.submit(wakeup.adaptive),
      );
      const forceMs = await soon(fd, () => ring.submit(wakeup.force));
      assert.equal(ring.take().length, 3);
      const both = wakeup.none | wakeup.force;
      const bothMs = await soon(fd, () => ring.submit(both));
      assert.equal(ring.take().length, 1);
      lab.evidence({ watchMs, adaptive, forceMs, bothMs });
      assert.ok(!adaptive, "an adaptive commit behind an unread record wakes");
      assert.ok(Math.max(forceMs, bothMs) < watchMs);
    },
  }),
];
