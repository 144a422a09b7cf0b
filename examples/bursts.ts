/**
 * Loss made visible: bursts that the buffer holds and such that it cannot hold,
 * `sudo deno run -A examples/bursts.ts [auto|ring|perf]`.
 *
 * @module
 */
import { log } from "node:console";
import { openEvents, type Transport } from "../mod.ts";

/** struct numbered_event of bursts.bpf.c. */
type NumberedEvent = { number: bigint; ballast: string };

const [transport = "auto"] = Deno.args;
await using events = await openEvents<NumberedEvent>("bpf/build/bursts.bpf.o", {
  transport: transport as Transport,
  attach: false,
  perfPages: 16,
});
log(`Over ${events.transport}: ${events.reason}`);
const burst = events.object.program(`burst_${events.transport}`);

/** 1, 2, 3, 7, 9, 10 as "1–3 7 9–10". */
function runs(numbers: bigint[]): string {
  const ends = numbers.filter((one, at) => numbers[at + 1] !== one + 1n);
  const begins = numbers.filter((one, at) => numbers[at - 1] !== one - 1n);
  return begins.map((begin, at) => `${begin}–${ends[at]}`).join(" ");
}

for (const size of [10, 30, 100, 300, 1000]) {
  const before = events.stats().lost;
  burst.testRun({ repeat: size });
  const came = events.drain().map((event) => event.number);
  log(`${size} sent: ${runs(came)} came, ${events.stats().lost - before} lost`);
}
await events.close();
const { attempted, delivered, lost } = events.stats();
log(`${attempted} events: ${delivered} delivered, ${lost} lost`);
