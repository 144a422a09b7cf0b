/**
 * From a program's clock to the consumer's, one event at a time.
 *
 * The clock is ffi/clock.ts, which mod.ts does not hand on: it is the program's.
 *
 * @module
 */
import { monotonicNs } from "../../ffi/clock.ts";
import { openEvents } from "../../mod.ts";
import { answer, optionsOf, programOf, ready, type Task } from "./task.ts";

/** "COUNT": waits for so many events; the delays' median and 99th percentile, ns. */
export async function latency(task: Task): Promise<void> {
  await using events = await openEvents(task.object, {
    ...{ ...optionsOf(task), decode: "bytes" },
    ...(task.name.startsWith("blocking") ? { blockMs: 20 } : {}),
  });
  ready(events.object.program(programOf(task)));
  for await (const line of task.lines) {
    const count = Number(line);
    const delays: number[] = [];
    const enough = new AbortController();
    await events.forEach((sample) => {
      delays.push(Number(monotonicNs() - sample.getBigUint64(0)));
      if (delays.length === count) enough.abort();
    }, { signal: enough.signal }).catch(() => {});
    delays.sort((one, other) => one - other);
    const at = (part: number): number => delays[Math.floor(count * part)] ?? 0;
    answer(at(0.5), at(0.99));
  }
}
