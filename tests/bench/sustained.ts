/**
 * A flood from all CPUs.
 *
 * @module
 */
import { openEvents, type Sample } from "../../mod.ts";
import { answer, optionsOf, programOf, ready, type Task } from "./task.ts";

/** Takes what comes from one line to the next one; how many events that were. */
export async function sustained(task: Task): Promise<void> {
  await using events = await openEvents(task.object, {
    ...{ ...optionsOf(task), decode: "bytes", maxMs: 2 },
  });
  let [total, taken] = [0, 0];
  const take = (sample: Sample): void => {
    total ^= sample.getUint32(0);
    taken++;
  };
  const all = events.forEach(take);
  ready(events.object.program(programOf(task)));
  let flooded = false;
  for await (const _ of task.lines) {
    flooded = !flooded;
    if (flooded) taken = 0;
    else {
      events.drain().forEach(take);
      answer(taken);
    }
  }
  await events.close();
  await all;
  if (total === 1) throw new Error("what is read must be used");
}
