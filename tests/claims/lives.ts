/**
 * O: the order of what happens to one process.
 *
 * @module
 */

import assert from "node:assert/strict";
import {
  type Events,
  openEvents,
  type OpenOptions,
  probeRing,
} from "../../mod.ts";
import { type Claim, claim } from "../claim.ts";
import { Pinned } from "./burst.ts";
import { nextEvents } from "./next_events.ts";
import { type LifeEvent, liveOnce } from "./processes.ts";

/** Ways to hear of the same processes. */
const ways: Readonly<Record<string, OpenOptions>> = {
  perf: { transport: "perf" },
  merged: { transport: "perf", order: "timestamp", windowMs: 20 },
  ring: { transport: "ring" },
};

/** What is to be delivered of a process that goes up from the low CPU to the high one, and of one that goes down. */
const inOrder = { up: "exec, exit", down: "exec, exit" };
const inverted = { ...inOrder, down: "exit, exec" };

/** O7. */
export const lives: readonly Claim[] = [
  claim({
    id: "O7",
    mounted: "tracefs",
    title:
      "exec and exit of short-lived processes on several CPUs: never exit before exec on the ring or on merged perf; raw perf inverts some",
    source:
      "Documentation/bpf/ringbuf.rst, Motivation: fork, exec and exit across CPUs; sdk/reader.ts, Reader.turn: one CPU's buffer after the other",
    prove: async (lab) => {
      await using streams = new AsyncDisposableStack();
      const opened: Record<string, Events<LifeEvent>> = {};
      for (const [way, options] of Object.entries(ways)) {
        if (way === "ring" && !probeRing().has) continue;
        const all = { maxMs: Infinity, ...options };
        opened[way] = streams.use(
          await openEvents<LifeEvent>(lab.object("lives"), all),
        );
      }
      const { perf, ...others } = await live(opened);
      lab.evidence({ perf: perf ?? null, ...others });
      // Raw perf's low CPU is read first.
      assert.deepEqual(perf, inverted);
      for (const order of Object.values(others)) {
        assert.deepEqual(order, inOrder);
      }
    },
  }),
];

/** Lets a process start on the low CPU and end on the high one, another the other way; what each stream delivered of them. */
async function live(
  streams: Readonly<Record<string, Events<LifeEvent>>>,
): Promise<Record<string, typeof inOrder>> {
  using cpus = new Pinned();
  const { low, high } = cpus;
  const all = Object.values(streams);
  const up = await liveOnce(all, low, high);
  const down = await liveOnce(all, high, low);
  const pids = [up, down];
  const told: Record<string, typeof inOrder> = {};
  for (const [way, events] of Object.entries(streams)) {
    const got = await nextEvents(events, 4, ({ pid }) => pids.includes(pid));
    told[way] = {
      up: delivered(got, up, [low, high]),
      down: delivered(got, down, [high, low]),
    };
  }
  return told;
}

/** "exec, exit", or the other way round; the events were sent in this order, from these CPUs. */
function delivered(
  events: readonly LifeEvent[],
  pid: number,
  cpus: readonly number[],
): string {
  const own = events.filter((event) => event.pid === pid);
  const sent = own.toSorted((a, b) => Number(a.stamp.time - b.stamp.time));
  assert.deepEqual(sent.map(({ ends }) => ends), [0, 1]);
  assert.deepEqual(sent.map(({ stamp }) => stamp.cpu), cpus);
  return own.map(({ ends }) => ends === 1 ? "exit" : "exec").join(", ");
}
