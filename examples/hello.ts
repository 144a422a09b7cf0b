/**
 * The least that receives events: `sudo deno run -A examples/hello.ts
 * [auto|ring|perf [SECONDS]]`, or until Ctrl-C.
 *
 * @module
 */
import { log } from "node:console";
import { openEvents, type Transport } from "../mod.ts";

/** struct hello_event of hello.bpf.c. */
type HelloEvent = { pid: number; comm: string };

const [transport = "auto", seconds = "86400"] = Deno.args;
await using events = await openEvents<HelloEvent>("bpf/build/hello.bpf.o", {
  transport: transport as Transport,
});
setTimeout(() => events.close(), 1000 * Number(seconds));
Deno.addSignalListener("SIGINT", () => events.close());
log(`Over ${events.transport}: ${events.reason}`);

for await (const { pid, comm } of events) log(pid, comm, "runs");
await events.close();
const { attempted, delivered, lost } = events.stats();
log(`${attempted} events: ${delivered} delivered, ${lost} lost`);
Deno.exit();
