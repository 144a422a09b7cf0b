/**
 * T: a CPU that goes and comes back.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import {
  type BpfObject,
  PerfBuffer,
  RingBuffer,
  type Transport,
} from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";
import { openBurst, Pinned, send } from "./burst.ts";
import { replug, requireSwitch } from "./cpu_switch.ts";
import { loadHalf } from "./half.ts";
import { transports } from "./transports.ts";

const { EOPNOTSUPP } = constants.errno;

/** What the helper answers on the low and on the high CPU, and how many events came. */
type Sent = { readonly answers: number[]; readonly got: number };

/** One half of the producer with libbpf's reader. */
class Half implements Disposable {
  readonly #object: BpfObject;
  readonly #reader: RingBuffer | PerfBuffer;
  readonly transport: Transport;

  constructor(lab: Lab, transport: Transport) {
    this.transport = transport;
    this.#object = loadHalf(lab, transport);
    const map = this.#object.map(`events_${transport}`);
    this.#reader = transport === "ring"
      ? RingBuffer.open(map, () => {})
      : PerfBuffer.open(map, 1, { sample: () => {}, lost: () => {} });
  }

  [Symbol.dispose](): void {
    this.#reader.close();
    this.#object.close();
  }

  /** Sends one event on each CPU, and takes what came. */
  sendBoth(cpus: Pinned): Sent {
    const answers = [cpus.low, cpus.high].map((cpu) => {
      cpus.to(cpu);
      return send(this.#object, this.transport, 1);
    });
    return { answers, got: this.#reader.consume() };
  }
}

/** What is sent on each transport before the high CPU was away, and afterwards. */
function around(lab: Lab, cpus: Pinned): Record<string, Sent[]> {
  using undo = new DisposableStack();
  const halves = transports().map((each) => undo.use(new Half(lab, each)));
  const before = halves.map((half) => half.sendBoth(cpus));
  cpus.to(cpus.low);
  replug(cpus.high);
  const found = halves.map((half, at): [Transport, Sent[]] => [
    half.transport,
    [before[at] as Sent, half.sendBoth(cpus)],
  ]);
  return Object.fromEntries(found);
}

/** The SDK looks every 250 ms; by then a machine of any speed has had its turn. */
const patienceMs = 20_000;

/** Sends from a CPU that was away until its events come again; those before are counted. */
async function proveReopened(lab: Lab, cpus: Pinned): Promise<void> {
  await using events = await openBurst(lab, { transport: "perf" });
  cpus.to(cpus.low);
  replug(cpus.high);
  const began = performance.now();
  let sent = 0;
  do {
    assert.ok(performance.now() - began < patienceMs, "it stays dead");
    send(events.object, "perf", 1);
    sent++;
  } while ((await events.next({ timeoutMs: 50 })).is === "timeout");
  const { attempted, delivered, pending, lostBy } = events.stats();
  lab.evidence({ sdk: { sent, lost: lostBy.noSlot } });
  assert.ok(lostBy.noSlot > 0, "the slot was not dead");
  assert.deepEqual([attempted, delivered, pending], [sent, 1, 0]);
  assert.equal(attempted, delivered + lostBy.noSlot);
}

/** T2. */
export const hotplug: readonly Claim[] = [
  claim({
    id: "T2",
    title:
      "A CPU taken offline and back: its perf slot stays dead, that of another CPU and the ring go on. The SDK notices and opens it anew",
    source: "kernel/events/core.c, perf_event_exit_cpu; sdk/hotplug.ts",
    where: "guest",
    because: "it takes a CPU offline and back",
    prove: async (lab) => {
      using cpus = new Pinned();
      requireSwitch(cpus.high);
      const found = around(lab, cpus);
      lab.evidence(found);
      const fine = { answers: [0, 0], got: 2 };
      const dead = { answers: [0, -EOPNOTSUPP], got: 1 };
      if (found.ring) assert.deepEqual(found.ring, [fine, fine]);
      assert.deepEqual(found.perf, [fine, dead]);
      await proveReopened(lab, cpus);
    },
  }),
];
