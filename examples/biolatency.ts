/**
 * Requests to block devices, and a histogram of how long they took: `sudo deno
 * run -A examples/biolatency.ts [auto|ring|perf [SECONDS]]`, or until Ctrl-C.
 *
 * @module
 */
import { log } from "node:console";
import { openEvents, table, type Transport } from "../mod.ts";

/** struct io_event of biolatency.bpf.c. */
type IoEvent = { dev: bigint; sector: bigint; us: bigint };

const [transport = "auto", seconds = "86400"] = Deno.args;
await using events = await openEvents<IoEvent>("bpf/build/biolatency.bpf.o", {
  transport: transport as Transport,
});
setTimeout(finish, 1000 * Number(seconds));
Deno.addSignalListener("SIGINT", finish);
log(`Over ${events.transport}: ${events.reason}`);
const [device] = Deno.readDirSync("/sys/block");
if (device === undefined) log("This kernel has no block device");
for await (const { dev, sector, us } of events) {
  log(`${dev >> 20n}:${dev & 0xfffffn} sector ${sector}: ${us} µs`);
}

async function finish(): Promise<void> {
  for (const [n, count] of table<number, bigint>(events.object, "histogram")) {
    if (count > 0n) log(`${2 ** n} µs or more: ${count}`);
  }
  await events.close();
  const { attempted, delivered, lost } = events.stats();
  log(`${attempted} events: ${delivered} delivered, ${lost} lost`);
  Deno.exit();
}
