/**
 * Files that are opened, or not and why: `sudo deno run -A examples/opensnoop.ts
 * [auto|ring|perf [SECONDS [PID]]]`, or until Ctrl-C; all but its own.
 *
 * @module
 */
import { log } from "node:console";
import { openEvents, table, type Transport } from "../mod.ts";

/** struct open_event of opensnoop.bpf.c. */
type OpenEvent = { pid: number; result: number; comm: string; path: string };

const [transport = "auto", seconds = "86400", pid = -Deno.pid] = Deno.args;
await using events = await openEvents<OpenEvent>("bpf/build/opensnoop.bpf.o", {
  transport: transport as Transport,
  attach: false,
});
table<number, number>(events.object, "whom").set(0, Number(pid));
events.object.attach();
setTimeout(() => events.close(), 1000 * Number(seconds));
Deno.addSignalListener("SIGINT", () => events.close());
log(`Over ${events.transport}: ${events.reason}`);

for await (const { pid, result, comm, path } of events) {
  log(pid, comm, path, result < 0 ? `errno ${-result}` : `is ${result}`);
}
await events.close();
const { attempted, delivered, lost } = events.stats();
log(`${attempted} events: ${delivered} delivered, ${lost} lost`);
Deno.exit();
