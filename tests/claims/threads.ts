/**
 * P: several threads, each with a CPU's buffer of its own.
 *
 * The threads, which can be held in the midst of their drain, and their events
 * are ffi/perf_thread.ts and ffi/perf_event.ts, which mod.ts does not hand on.
 * The SDK's own way is joinEvents, which U26 proves.
 *
 * @module
 */

import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { PerfEvent } from "../../ffi/perf_event.ts";
import { Gate, PerfThread } from "../../ffi/perf_thread.ts";
import type { BpfObject } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";
import { Pinned, send } from "./burst.ts";
import { firstWorker, withWorkers } from "./first_worker.ts";
import { install, loadHalf } from "./half.ts";

/** Longer than two threads of an emulated machine take to start, however busy it is, ms. */
const patienceMs = 40_000;

/** Events for each CPU: before its thread starts, while both are held, while both take. */
const phases = { before: 2, held: 4, running: 14 } as const;
const each = phases.before + phases.held + phases.running;

/** Pages of each buffer: room for all events, of 40 bytes. */
const pages = 2;

/** P2. */
export const threads: readonly Claim[] = [
  claim({
    id: "P2",
    title:
      "Perf buffers of different CPUs can be drained by different threads (Workers) at once, with nothing lost or doubled",
    source:
      "kernel/events/ring_buffer.c: each buffer has its own data_head and data_tail",
    prepare: firstWorker,
    prove: (lab) => withWorkers(() => drainBoth(lab)),
  }),
];

async function drainBoth(lab: Lab): Promise<void> {
  using cpus = new Pinned();
  using object = loadHalf(lab, "perf");
  using rig = new Rig(object, cpus);
  rig.send(phases.before);
  const pair = [rig.start(0), rig.start(1)];
  await until(() => rig.gate.held === pair.length);
  // Both stand in the middle of their drain.
  const midway = pair.map(({ taken }) => taken.length);
  rig.send(phases.held);
  rig.gate.open();
  rig.send(phases.running);
  await until(() => pair.every(({ taken }) => taken.length === each));
  const taken = pair.map((thread) => thread.taken.map(Number));
  lab.evidence({ each, midway });
  assert.deepEqual(midway, [1, 1]);
  assert.deepEqual(taken, rig.sent);
}

/** A producer that goes from CPU to CPU, and a thread for each CPU's event. */
class Rig implements Disposable {
  readonly #undo: DisposableStack;
  readonly #object: BpfObject;
  readonly #cpus: Pinned;
  readonly #events: PerfEvent[] = [];
  #next = 0;
  readonly gate = new Gate();
  /** The numbers of the events that each of the two CPUs has sent. */
  readonly sent: readonly number[][] = [[], []];

  constructor(object: BpfObject, cpus: Pinned) {
    this.#object = object;
    this.#cpus = cpus;
    using undo = new DisposableStack();
    for (const cpu of [cpus.low, cpus.high]) {
      const event = undo.use(new PerfEvent({ cpu, pages }));
      install(object, cpu, event.fd);
      this.#events.push(event);
    }
    this.#undo = undo.move();
  }

  [Symbol.dispose](): void {
    this.#undo.dispose();
  }

  /** Sends this many events from each CPU, from one and the other in turn. */
  send(count: number): void {
    const { low, high } = this.#cpus;
    for (let turn = 0; turn < 2 * count; turn++) {
      this.#cpus.to(turn % 2 === 0 ? low : high);
      assert.equal(send(this.#object, "perf", 1), 0);
      this.sent[turn % 2]?.push(this.#next++);
    }
  }

  /** Starts the thread of the low CPU's event (0) or of the high one's (1), on that CPU. */
  start(which: 0 | 1): PerfThread {
    const event = this.#events[which];
    assert.ok(event);
    this.#cpus.to([this.#cpus.low, this.#cpus.high][which] ?? 0);
    return this.#undo.use(new PerfThread(event, this.gate, each));
  }
}

async function until(so: () => boolean): Promise<void> {
  const patience = performance.now() + patienceMs;
  while (!so()) {
    assert.ok(performance.now() < patience, "the threads do not come to it");
    await setTimeout(1); // a thread may be on this one's CPU
  }
}
