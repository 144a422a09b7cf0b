/**
 * Drains of a full buffer: `forEach` and `for await`.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import {
  type BpfProgram,
  type Events,
  openEvents,
  type Sample,
} from "../../mod.ts";
import { recordsOf } from "./sizes.ts";
import { answer, optionsOf, programOf, ready, type Task } from "./task.ts";

/** As `struct event24` of bpf/bench.bpf.c, with `int64: "number"`. */
interface Event24 {
  readonly time: number;
  readonly sequence: number;
  readonly cpu: number;
  readonly pid: number;
  readonly kind: number;
}

/** Takes `count` events and answers the ms that it took. */
type Drain = (count: number) => Promise<number>;

/** What is read must be used. */
let total = 0;

let taken = 0;

function addBytes(sample: Sample): void {
  taken++;
  total ^= sample.getUint32(0);
}

function addFields({ time, sequence, cpu, pid, kind }: Event24): void {
  taken++;
  total ^= time ^ sequence ^ cpu ^ pid ^ kind;
}

/** By `forEach`; the consumer does not look whether it has all, as that in C does not. */
function pushed<T>(events: Events<T>, take: (event: T) => void): Drain {
  return async (count) => {
    const enough = new AbortController();
    taken = 0;
    const began = performance.now();
    const all = events.forEach(take, { signal: enough.signal });
    while (taken < count) await setImmediate();
    const ms = performance.now() - began;
    enough.abort();
    await all.catch((error) => {
      if (error !== enough.signal.reason) throw error;
    });
    return ms;
  };
}

function pulled(events: Events<Sample>): Drain {
  return async (count) => {
    taken = 0;
    const began = performance.now();
    for await (const sample of events) {
      addBytes(sample);
      if (taken === count) break;
    }
    return performance.now() - began;
  };
}

async function open(
  task: Task,
): Promise<{ readonly events: Events<unknown>; readonly drain: Drain }> {
  const options = optionsOf(task);
  const { object, name } = task;
  if (name === "drain-object" || name === "drain-view") {
    const decode = name === "drain-view" ? "view" : "object";
    const events = await openEvents<Event24>(object, {
      ...{ ...options, decode, int64: "number" },
    });
    return { events, drain: pushed(events, addFields) };
  }
  const events = await openEvents(object, { ...options, decode: "bytes" });
  const drain = name === "for-await"
    ? pulled(events)
    : pushed(events, addBytes);
  return { events, drain };
}

/** "FILLS": fills and drains the buffer so often; ns per event, the best. */
export async function drained(task: Task): Promise<void> {
  const { events, drain } = await open(task);
  await using _ = events;
  const program: BpfProgram = events.object.program(programOf(task));
  const count = recordsOf(task.transport, task.bytes);
  ready(program);
  for await (const fills of task.lines) {
    let best = Infinity;
    for (let fill = 0; fill < Number(fills); fill++) {
      program.testRun({ repeat: count });
      best = Math.min(best, await drain(count) * 1e6 / count);
    }
    answer(best);
  }
  if (total === 1) throw new Error("what is read must be used");
}
