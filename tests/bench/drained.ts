/**
 * Drains of a full buffer: `forEach` and `for await`.
 *
 * @module
 */
import {
  type BpfProgram,
  type Events,
  openEvents,
  type Sample,
} from "../../mod.ts";
import { recordsOf } from "./sizes.ts";
import { answer, optionsOf, programOf, ready, type Task } from "./task.ts";

/** As `struct event24` of bpf/bench.bpf.c. */
interface Event24 {
  readonly time: number | bigint;
  readonly sequence: number;
  readonly cpu: number;
  readonly pid: number;
  readonly kind: number;
}

/** Takes `count` events and answers the ms that it took. */
type Drain = (count: number) => Promise<number>;

/** What is read must be used. */
let total = 0;

function addBytes(sample: Sample): void {
  total ^= sample.getUint32(0);
}

function addFields({ time, sequence, cpu, pid, kind }: Event24): void {
  total ^= Number(time) ^ sequence ^ cpu ^ pid ^ kind;
}

/** By `forEach`, which is ended behind the last event. */
function pushed<T>(events: Events<T>, take: (event: T) => void): Drain {
  return async (count) => {
    const enough = new AbortController();
    let [left, ended] = [count, NaN];
    const began = performance.now();
    const all = events.forEach((event) => {
      take(event);
      if (--left > 0) return;
      ended = performance.now();
      enough.abort();
    }, { signal: enough.signal });
    await all.catch((error) => {
      if (error !== enough.signal.reason) throw error;
    });
    return ended - began;
  };
}

function pulled(events: Events<Sample>): Drain {
  return async (count) => {
    let left = count;
    const began = performance.now();
    for await (const sample of events) {
      addBytes(sample);
      if (--left === 0) break;
    }
    return performance.now() - began;
  };
}

async function open(
  task: Task,
): Promise<{ readonly events: Events<unknown>; readonly drain: Drain }> {
  const options = optionsOf(task);
  const { object, name } = task;
  if (name === "drain-object") {
    const int64 = "number";
    const events = await openEvents<Event24>(object, { ...options, int64 });
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
