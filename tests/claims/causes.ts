/**
 * U: for what a stream's events were lost.
 *
 * The event of another CPU is ffi/perf_event.ts, which mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { endianness } from "node:os";
import { PerfEvent } from "../../ffi/perf_event.ts";
import { type Claim, claim } from "../claim.ts";
import { Pinned } from "./burst.ts";
import { field } from "./counted.ts";
import { type Burst, burst, onEach } from "./each_transport.ts";
import { install } from "./half.ts";

/** Refusals without a name of their own that are put into the account. */
const refusals = 2;

/** U8. */
export const causes: readonly Claim[] = [
  claim({
    id: "U8",
    title:
      "The account names the cause of each loss: no slot, another refusal, unread at the close; and their sum is what was lost",
    source: "Ringside's promise (sdk/stats.ts)",
    prove: (lab) =>
      onEach(lab, async (events) => {
        using cpus = new Pinned();
        const perf = events.transport === "perf";
        const noSlot = perf ? missSlot(events, cpus) : 0;
        refuse(events);
        burst(events, 3);
        await events.close();
        const { attempted, delivered, lost, lostBy } = events.stats();
        const { unread, refused } = lostBy;
        assert.deepEqual(
          { noSlot: lostBy.noSlot, refused, unread },
          { noSlot, refused: refusals, unread: 3 },
        );
        assert.equal(lostBy.full + lostBy.silent + lostBy.undecodable, 0);
        assert.equal(lost, noSlot + refusals + 3);
        assert.deepEqual([attempted, delivered], [lost, 0]);
        return { lost, ...lostBy };
      }),
  }),
];

/** Sends two events from a CPU whose slot holds another CPU's event; answers how many. */
function missSlot({ object }: Burst, cpus: Pinned): number {
  using other = new PerfEvent({ cpu: cpus.low, pages: 1 });
  install(object, cpus.high, other.fd);
  cpus.to(cpus.high);
  burst({ object, transport: "perf" }, 2);
  cpus.to(cpus.low); // whose own slot is as it was
  return 2;
}

/** No program of these refuses an event for another cause: their account is told so. */
function refuse({ object }: Burst): void {
  const count = object.map("events_count");
  const bytes = count.lookup(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const little = endianness() === "LE";
  for (const word of [field.attempted, field.refused]) {
    const told = view.getBigUint64(8 * word, little);
    view.setBigUint64(8 * word, told + BigInt(refusals), little);
  }
  count.update(0, bytes);
}
