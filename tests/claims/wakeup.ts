/**
 * W: what wakes a consumer.
 *
 * poll(2) itself is ffi/wait.ts, which mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { Waiter } from "../../ffi/wait.ts";
import { type Claim, claim } from "../claim.ts";
import { wakes } from "./armed.ts";
import { RawRing } from "./raw_ring.ts";
import { wakeup } from "./ring_flags.ts";
import { soon, watchMs } from "./woken.ts";

/** W2, W3. */
export const wakeups: readonly Claim[] = [
  claim({
    id: "W2",
    title: "BPF_RB_NO_WAKEUP does not wake; the data is found at the next poll",
    source:
      "include/uapi/linux/bpf.h: BPF_RB_NO_WAKEUP; kernel/bpf/ringbuf.c, bpf_ringbuf_commit",
    since: "5.8",
    needs: "ring",
    corrects: {
      said:
        "With BPF_RB_NO_WAKEUP the record arrives with the next notification",
      right:
        "It is there at once: whoever looks finds it, as do poll(2) and an epoll that begins to watch. Only a consumer that sleeps already is not told",
    },
    prove: async (lab) => {
      using ring = RawRing.open(lab);
      const fd = ring.reader.epollFd;
      const controlMs = await soon(fd, () => ring.submit(wakeup.adaptive));
      assert.deepEqual(ring.take(), [1]);
      const ms = watchMs(controlMs);
      const woken = await wakes(fd, ms, () => ring.submit(wakeup.none));
      lab.evidence({ watchMs: ms, controlMs, woken });
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
      using control = RawRing.open(lab);
      const controlMs = await soon(
        control.reader.epollFd,
        () => control.submit(wakeup.adaptive),
      );
      const ms = watchMs(controlMs);
      using ring = RawRing.open(lab);
      const fd = ring.reader.epollFd;
      // The consumer stands on an unread record: an adaptive commit is silent now.
      ring.submit(wakeup.none);
      const commit = (): void => ring.submit(wakeup.adaptive);
      const adaptive = await wakes(fd, ms, commit);
      const forceMs = await soon(fd, () => ring.submit(wakeup.force));
      assert.equal(ring.take().length, 3);
      // A fresh ring, since epoll keeps looking at one that was found ready.
      using fresh = RawRing.open(lab);
      fresh.submit(wakeup.none);
      const bothMs = await soon(
        fresh.reader.epollFd,
        () => fresh.submit(wakeup.none | wakeup.force),
      );
      assert.equal(fresh.take().length, 2);
      lab.evidence({ watchMs: ms, controlMs, adaptive, forceMs, bothMs });
      assert.ok(!adaptive, "an adaptive commit behind an unread record wakes");
    },
  }),
];
