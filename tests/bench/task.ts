/**
 * What our side's process is to do, and how it speaks.
 *
 * @module
 */
import type { BpfProgram, OpenOptions, Transport } from "../../mod.ts";
import { isLatency, type Name } from "./rows.ts";
import { bufferBytes } from "./sizes.ts";

/** What is read, and how; the lines are those of stdin. */
export interface Task {
  /** Path of bench.bpf.o. */
  readonly object: string;
  readonly name: Name;
  readonly transport: Transport;
  readonly bytes: number;
  readonly lines: AsyncIterable<string>;
}

/** Perf: as subject.h, where each event that wakes takes the sender long. */
const every = 64;

/** The options of a stream that is as large as the C side's, and wakes as often. */
export function optionsOf({ name, transport, bytes }: Task): OpenOptions {
  const lazy = transport === "perf" && !isLatency(name);
  return {
    ...(lazy && { wakeup: { every } }),
    ...{ transport, stream: `events${bytes}`, attach: false },
    ...{ ringBytes: bufferBytes, perfPages: bufferBytes / 4096 },
  };
}

/** The name of the program that sends such events. */
export function programOf({ transport, bytes }: Task): string {
  return `send${bytes}_${transport}`;
}

/** Says that the process is ready: the program's id, by which the driver finds it. */
export function ready({ fd }: BpfProgram): void {
  const text = Deno.readTextFileSync(`/proc/self/fdinfo/${fd}`);
  answer(Number(/^prog_id:\s*(\d+)$/m.exec(text)?.[1]));
}

/** Says a line of numbers. */
export function answer(...numbers: readonly number[]): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${numbers.join(" ")}\n`));
}
