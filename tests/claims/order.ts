/**
 * O: in which order events arrive.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Events, Transport } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";
import { type BurstEvent, openBurst, Pinned, send } from "./burst.ts";
import { Held } from "./held.ts";

function open(lab: Lab, transport: Transport): Promise<Events<BurstEvent>> {
  return openBurst(lab, { transport });
}

/** Events of O2 and O3. */
const count = 32;

/** Sends one event after the other, on the high and the low CPU in turn. */
function alternate(events: Events<BurstEvent>, turns: number): BurstEvent[] {
  using cpus = new Pinned();
  for (let turn = 0; turn < turns; turn++) {
    cpus.to(turn % 2 === 0 ? cpus.high : cpus.low);
    assert.equal(send(events.object, events.transport, 1), 0);
  }
  return events.drain();
}

const ascending = (numbers: readonly bigint[]): bigint[] =>
  numbers.toSorted((a, b) => Number(a - b));

/** O1, O2, O3, O4. */
export const order: readonly Claim[] = [
  claim({
    id: "O1",
    title:
      "Perf: an event on CPU 1 followed by one on CPU 0 is delivered in the wrong order by a drain per CPU",
    source: "sdk/reader.ts, Reader.turn: one CPU's buffer after the other",
    corrects: {
      said: "Perf events come out in the order in which they happened",
      right:
        "Only within one CPU: a drain takes one CPU's buffer after the other, and what came first on another CPU comes out behind",
    },
    prove: async (lab) => {
      await using events = await open(lab, "perf");
      const got = alternate(events, 2);
      const sequence = got.map((event) => Number(event.sequence));
      lab.evidence({
        delivered: sequence,
        cpus: got.map((event) => event.cpu),
      });
      assert.deepEqual(sequence, [1, 0]);
      const [first, second] = got;
      assert.ok((first?.ktime ?? 0n) > (second?.ktime ?? 0n));
    },
  }),
  claim({
    id: "O2",
    title: "Perf: within one CPU the order holds",
    source:
      "Documentation/userspace-api/perf_ring_buffer.rst: one producer for each buffer",
    prove: async (lab) => {
      await using events = await open(lab, "perf");
      const got = alternate(events, count);
      const cpus = [...new Set(got.map((event) => event.cpu))];
      lab.evidence({ events: got.length, cpus });
      assert.equal(got.length, count);
      assert.equal(cpus.length, 2);
      for (const cpu of cpus) {
        const sequence = got.filter((event) => event.cpu === cpu)
          .map((event) => event.sequence);
        assert.deepEqual(sequence, ascending(sequence));
      }
    },
  }),
  claim({
    id: "O3",
    title:
      "Ring: events across CPUs come in the order in which they were reserved",
    source:
      '457f44363a88 ("bpf: Implement BPF ring buffer and verifier support for it"), Linux 5.8',
    since: "5.8",
    needs: "ring",
    prove: async (lab) => {
      await using events = await open(lab, "ring");
      const got = alternate(events, count);
      const sequence = got.map((event) => event.sequence);
      const cpus = new Set(got.map((event) => event.cpu)).size;
      lab.evidence({ events: got.length, cpus });
      assert.deepEqual([cpus, got.length], [2, count]);
      assert.deepEqual(sequence, ascending(sequence));
    },
  }),
  claim({
    id: "O4",
    title:
      "Ring: order is that of reservation, not of submission; a record that is reserved and not yet submitted holds back all later ones",
    source:
      "Documentation/bpf/ringbuf.rst: records are consumed in the order of reservation",
    since: "5.8",
    needs: "ring",
    corrects: {
      said:
        "The ring hands events out in the order in which they were submitted",
      right:
        "In the order in which they were reserved: a record that is reserved and not yet submitted holds back all later ones",
    },
    prove: async (lab) => {
      const { whileHeld, afterwards } = await Held.look(lab, async (held) => {
        // Record 2 is submitted by now, record 1 in front of it is not.
        const whileHeld = held.ring.take();
        return { whileHeld, afterwards: await held.release() };
      });
      lab.evidence({ whileHeld, afterwards });
      assert.deepEqual(whileHeld, []);
      assert.deepEqual(afterwards, [1, 2]);
    },
  }),
];
