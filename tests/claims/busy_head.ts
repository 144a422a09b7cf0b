/**
 * O5: what a consumer sees while the ring's first record is busy.
 *
 * The look at an epoll on this thread is ffi/epoll.ts, which mod.ts does not
 * hand on: another thread might have to wait for the CPU of the program.
 *
 * @module
 */

import assert from "node:assert/strict";
import { Epoll, ready } from "../../ffi/epoll.ts";
import { type Claim, claim } from "../claim.ts";
import { Held } from "./held.ts";

/** Once would show that the consumer is told, not that it is told again and again. */
const looks = 20;

/** What was seen of the ring. */
interface Seen {
  /** How often the epoll that was told meanwhile says readable, and the reader's, and what was drained. */
  readonly readable: number;
  readonly unwoken: number;
  readonly taken: number;
  /** What the drain yields once the record is let go, and whether the epoll says readable then. */
  readonly released: number[];
  readonly afterwards: boolean;
}

/** O5. */
export const busyHead: readonly Claim[] = [
  claim({
    id: "O5",
    title:
      "While the head is busy, an epoll that was told to watch meanwhile says readable, again and again, and a drain yields nothing; one that watched before is not woken",
    source:
      "kernel/bpf/ringbuf.c, ringbuf_map_poll_kern: it compares the positions only; Documentation/bpf/ringbuf.rst: busy bit",
    since: "5.8",
    needs: "ring",
    corrects: {
      said: "An epoll that says readable has an event for its reader",
      right:
        "It compares positions and knows nothing of busy records: a reader that trusts it spins at a busy head, and one that sleeps is not woken by what is submitted behind it",
    },
    prove: async (lab) => {
      const seen = await Held.look(lab, lookAt);
      lab.evidence({ looks, ...seen });
      assert.equal(seen.readable, looks);
      assert.equal(seen.taken, 0);
      assert.equal(seen.unwoken, 0, "the commit behind the busy head wakes");
      assert.deepEqual(seen.released, [1, 2]);
      assert.ok(!seen.afterwards, "an empty ring is readable");
    },
  }),
];

/** Counts what two epolls and the drain say while the record is held, and looks again behind it. */
async function lookAt(held: Held): Promise<Seen> {
  const { object, reader } = held.ring;
  // An epoll looks at what it watches when it is told to watch it, or woken;
  // no wakeup was sent to the reader's, which stands on a busy record.
  using epoll = new Epoll();
  epoll.add(object.map("ring").fd);
  let [readable, unwoken, taken] = [0, 0, 0];
  for (let look = 0; look < looks; look++) {
    if (ready(epoll.fd)) readable++;
    if (ready(reader.epollFd)) unwoken++;
    taken += reader.consume();
  }
  const released = await held.release();
  const afterwards = ready(epoll.fd);
  return { readable, unwoken, taken, released, afterwards };
}
