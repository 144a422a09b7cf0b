/**
 * O: the order of what happens to one process.
 *
 * The processes are placed by ffi/cpu.ts, which mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { constants } from "node:os";
import { pin } from "../../ffi/cpu.ts";
import {
  BpfError,
  type BpfObject,
  openEvents,
  probeRing,
  type Transport,
} from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";
import { Pinned } from "./burst.ts";
import { patienceMs } from "./woken.ts";

/** struct life_event of bpf/lives.bpf.c. */
interface LifeEvent {
  readonly ktime: bigint;
  readonly pid: number;
  readonly cpu: number;
  readonly ends: bigint;
}

const { ENOENT } = constants.errno;

/** O7. */
export const lives: readonly Claim[] = [
  claim({
    id: "O7",
    title:
      "exec and exit of short-lived processes on several CPUs: never exit before exec on the ring or on merged perf; raw perf inverts some",
    source:
      "Documentation/bpf/ringbuf.rst, Motivation: fork, exec and exit across CPUs; libbpf, perf_buffer__consume: one CPU's buffer after the other",
    prove: async (lab) => {
      // Raw perf, whose low CPU is read first; merged perf is to come with O6.
      const perf = await live(lab, "perf");
      lab.evidence({ perf });
      assert.deepEqual(perf, { up: "exec, exit", down: "exit, exec" });
      if (!probeRing().has) return;
      const ring = await live(lab, "ring");
      lab.evidence({ ring });
      assert.deepEqual(ring, { up: "exec, exit", down: "exec, exit" });
    },
  }),
];

/** Lets a process start on the low CPU and end on the high one, another the other way; what was delivered of each. */
async function live(
  lab: Lab,
  transport: Transport,
): Promise<{ up: string; down: string }> {
  using cpus = new Pinned();
  await using events = await openEvents<LifeEvent>(lab.object("lives"), {
    ...{ transport, maxMs: Infinity },
  });
  const { low, high } = cpus;
  cpus.to(low);
  const up = await liveOnce(events.object, high);
  cpus.to(high);
  const down = await liveOnce(events.object, low);
  const got = events.drain();
  return {
    up: delivered(got, up, [low, high]),
    down: delivered(got, down, [high, low]),
  };
}

/** "exec, exit", or the other way round; the events were sent in this order, from these CPUs. */
function delivered(
  events: readonly LifeEvent[],
  pid: number,
  cpus: readonly number[],
): string {
  const own = events.filter((event) => event.pid === pid);
  const sent = own.toSorted((a, b) => Number(a.ktime - b.ktime));
  assert.deepEqual(sent.map(({ ends }) => ends), [0n, 1n]);
  assert.deepEqual(sent.map(({ cpu }) => cpu), cpus);
  return own.map(({ ends }) => ends === 1n ? "exit" : "exec").join(", ");
}

/** Starts a process on this CPU and ends it on another one; answers its number. */
async function liveOnce(object: BpfObject, exit: number): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-"],
    ...{ stdin: "piped", stdout: "null", stderr: "null" },
  }).spawn();
  const patience = performance.now() + patienceMs;
  try {
    while (!started(object, child.pid)) {
      assert.ok(performance.now() < patience, "its exec was not sent");
      await setImmediate();
    }
    pin(child.pid, [exit]);
  } finally {
    child.kill("SIGKILL");
    await child.stdin.close();
    await child.status;
  }
  return child.pid;
}

/** Whether a process' exec was sent. */
function started(object: BpfObject, pid: number): boolean {
  try {
    object.map("started").lookup(pid);
    return true;
  } catch (error) {
    if (error instanceof BpfError && error.errno === ENOENT) return false;
    throw error;
  }
}
