/**
 * T: a CPU that goes and comes back.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import {
  type BpfObject,
  openEvents,
  PerfBuffer,
  probeRing,
  RingBuffer,
  type Transport,
} from "../../mod.ts";
import { Absent, type Claim, claim, type Lab } from "../claim.ts";
import { type BurstEvent, Pinned, send } from "./burst.ts";
import { loadHalf } from "./half.ts";

const { EOPNOTSUPP } = constants.errno;

/** The kernel's switch of one CPU; CONFIG_HOTPLUG_CPU. */
function switchOf(cpu: number): string {
  return `/sys/devices/system/cpu/cpu${cpu}/online`;
}

/** Some CPUs cannot go, and some kernels let none go. */
function requireSwitch(): void {
  using cpus = new Pinned();
  const path = switchOf(cpus.high);
  try {
    Deno.statSync(path);
  } catch {
    throw new Absent(`this kernel takes no CPU offline: no ${path}`);
  }
}

/** Takes a CPU, on which this thread does not run, offline and back. */
function replug(cpu: number): void {
  Deno.writeTextFileSync(switchOf(cpu), "0");
  try {
    assert.equal(Deno.readTextFileSync(switchOf(cpu)).trim(), "0");
  } finally {
    Deno.writeTextFileSync(switchOf(cpu), "1");
  }
  assert.equal(Deno.readTextFileSync(switchOf(cpu)).trim(), "1");
}

/** What the helper answers on either CPU, before and after; and how many events came. */
type Found = {
  readonly before: number[];
  readonly after: number[];
  readonly got: number[];
};

/** Sends one event on each CPU, takes the high one out and in, and sends again. */
function around(
  object: BpfObject,
  transport: Transport,
  take: () => number,
): Found {
  using cpus = new Pinned();
  const both = (): number[] =>
    [cpus.low, cpus.high].map((cpu) => {
      cpus.to(cpu);
      return send(object, transport, 1);
    });
  const before = both();
  const first = take();
  cpus.to(cpus.low);
  replug(cpus.high);
  const after = both();
  return { before, after, got: [first, take()] };
}

function perf(lab: Lab): Found {
  using object = loadHalf(lab, "perf");
  using reader = PerfBuffer.open(object.map("events_perf"), 1, {
    sample: () => {},
    lost: () => {},
  });
  return around(object, "perf", () => reader.consume());
}

function ring(lab: Lab): Found {
  using object = loadHalf(lab, "ring");
  using reader = RingBuffer.open(object.map("events_ring"), () => {});
  return around(object, "ring", () => reader.consume());
}

/** What is to be found where the high CPU answers `after` then, and `got` events come. */
function wanted({ after, got }: { after: number; got: number }): Found {
  return { before: [0, 0], after: [0, after], got: [2, got] };
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
      requireSwitch();
      if (probeRing().has) {
        const found = ring(lab);
        lab.evidence({ ring: found });
        assert.deepEqual(found, wanted({ after: 0, got: 2 }));
      }
      const found = perf(lab);
      lab.evidence({ perf: found });
      assert.deepEqual(found, wanted({ after: -EOPNOTSUPP, got: 1 }));
      await proveReopened(lab);
    },
  }),
];

/** The SDK looks every 250 ms; by then a machine of any speed has had its turn. */
const patienceMs = 20_000;

/** Sends from a CPU that was away until its events come again; those before are counted. */
async function proveReopened(lab: Lab): Promise<void> {
  await using events = await openEvents<BurstEvent>(lab.object("burst"), {
    ...{ transport: "perf", attach: false },
  });
  using cpus = new Pinned();
  cpus.to(cpus.low);
  replug(cpus.high);
  cpus.to(cpus.high);
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
