/**
 * How much room events of 20 bytes take, and what gives it back:
 * `sudo deno run -A examples/room.ts [auto|ring|perf]`.
 *
 * @module
 */
import { log } from "node:console";
import { openEvents, type Transport } from "../mod.ts";

/** struct roomy_event of room.bpf.c. */
type RoomyEvent = { number: number; text: string };

const [transport = "auto"] = Deno.args;
await using events = await openEvents<RoomyEvent>("bpf/build/room.bpf.o", {
  transport: transport as Transport,
  attach: false,
  perfPages: 1,
});
log(`Over ${events.transport}: ${events.reason}`);
const one = events.object.program(`one_${events.transport}`);

/** What lies in all buffers together. */
function look(what: string): void {
  const bytes = events.queries().reduce(
    (sum, { available }) => sum + available,
    0,
  );
  log(`${what}: ${bytes} bytes are taken`);
}

look("empty");
for (const what of ["sent", "sent", "given up"]) {
  one.testRun();
  look(what);
}
look(`read ${events.drain().map(({ number }) => number)}`);
one.testRun({ repeat: 200 });
look("200 more begun");
look(`${events.drain().length} read`);
await events.close();
const { attempted, delivered, lost } = events.stats();
log(`${attempted} events: ${delivered} delivered, ${lost} lost`);
