/**
 * Prints every program that is started on this machine: `sudo deno run -A
 * examples/exec.ts`. Ctrl-C ends it and says where every event went.
 *
 * @module
 */

import { openEvents } from "../mod.ts";

/** struct exec_event of bpf/exec.bpf.c. */
interface ExecEvent {
  readonly pid: number;
  readonly uid: number;
  readonly ktime: bigint;
  readonly comm: string;
}

/** Writes one line. */
function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

await using events = await openEvents<ExecEvent>("bpf/build/exec.bpf.o");
print(`Over ${events.transport} (${events.reason})`);
Deno.addSignalListener("SIGINT", () => events.close());
for await (const { pid, uid, comm } of events) {
  print(`${pid}\t${uid}\t${comm}`);
}
const { attempted, delivered, lost } = events.stats();
print(`${attempted} started, ${delivered} shown, ${lost} lost`);
Deno.exit();
