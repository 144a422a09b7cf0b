/**
 * Programs asked for, with their arguments, running, and ended: `sudo deno run
 * -A examples/execsnoop.ts [auto|ring|perf [SECONDS]]`, or until Ctrl-C.
 *
 * @module
 */
import { log } from "node:console";
import { openEvents, type Transport } from "../mod.ts";

/** struct life_event of execsnoop.bpf.c. */
type LifeEvent = { pid: number; step: number; comm: string; words: string[] };

const [transport = "auto", seconds = "86400"] = Deno.args;
await using events = await openEvents<LifeEvent>("bpf/build/execsnoop.bpf.o", {
  transport: transport as Transport,
});
setTimeout(() => events.close(), 1000 * Number(seconds));
Deno.addSignalListener("SIGINT", () => events.close());
log(`Over ${events.transport}: ${events.reason}`);

for await (const { pid, step, comm, words } of events) {
  const does = ["asks for", "runs", "ends"][step];
  log(pid, comm, does, ...words.filter((word) => word !== ""));
}
await events.close();
const { attempted, delivered, lost } = events.stats();
log(`${attempted} events: ${delivered} delivered, ${lost} lost`);
Deno.exit();
