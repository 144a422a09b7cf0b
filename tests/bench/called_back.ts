/**
 * libbpf's own readers, which call back for each record.
 *
 * @module
 */
import { BpfObject, PerfBuffer, RingBuffer, type Sample } from "../../mod.ts";
import { bufferBytes, recordsOf } from "./sizes.ts";
import { answer, programOf, ready, type Task } from "./task.ts";

/** The half of the object that serves the transport. */
function load({ object: path, transport, bytes }: Task): BpfObject {
  const object = BpfObject.open(path);
  const name = `send${bytes}_${transport}`;
  for (const program of object.programs.values()) {
    program.autoload = program.name === name;
  }
  for (const map of object.maps.values()) {
    const other = transport === "ring" ? "perf" : "ring";
    map.autocreate = map.name.startsWith(`events${bytes}_`) &&
      !map.name.endsWith(`_${other}`);
  }
  if (transport === "ring") {
    object.map(`events${bytes}_ring`).maxEntries = bufferBytes;
  }
  object.load();
  return object;
}

/** "FILLS": fills and drains the buffer so often; ns per event, the best. */
export async function calledBack(task: Task): Promise<void> {
  const { transport, bytes } = task;
  using object = load(task);
  const map = object.map(`events${bytes}_${transport}`);
  let [total, taken] = [0, 0];
  const take = (sample: Sample): void => {
    total ^= sample.getUint32(0);
    taken++;
  };
  using reader = transport === "ring"
    ? RingBuffer.open(map, take)
    : PerfBuffer.open(map, bufferBytes / 4096, {
      ...{ sample: take, lost: () => {} },
    });
  const program = object.program(programOf(task));
  // libbpf's perf reader is woken for each event, which takes the sender long.
  const count = recordsOf(transport, bytes) >> (transport === "ring" ? 2 : 5);
  ready(program);
  for await (const fills of task.lines) {
    let best = Infinity;
    for (let fill = 0; fill < Number(fills); fill++) {
      program.testRun({ repeat: count });
      const began = performance.now();
      reader.consume();
      best = Math.min(best, (performance.now() - began) * 1e6 / count);
    }
    answer(best);
  }
  if (total === 1 || taken % count !== 0) throw new Error(`${taken} taken`);
}
