/**
 * In which order events come that are sent in another order than they are
 * begun: `sudo deno run -A examples/order.ts [auto|ring|perf]`.
 *
 * @module
 */
import { log } from "node:console";
import { openEvents, type Transport } from "../mod.ts";

/** struct ordered_event of order.bpf.c. */
type OrderedEvent = { number: number };

const [transport = "auto"] = Deno.args;
await using events = await openEvents<OrderedEvent>("bpf/build/order.bpf.o", {
  transport: transport as Transport,
  attach: false,
});
log(`Over ${events.transport}: ${events.reason}`);
events.object.program(`both_${events.transport}`).testRun();
log("begun: 1 2");
log("sent: 2 1");
log("came:", ...events.drain().map(({ number }) => number));
await events.close();
const { attempted, delivered, lost } = events.stats();
log(`${attempted} events: ${delivered} delivered, ${lost} lost`);
