/**
 * TCP connections that are asked for: `sudo deno run -A examples/tcpconnect.ts
 * [auto|ring|perf [SECONDS]]`, or until Ctrl-C.
 *
 * @module
 */
import { log } from "node:console";
import { openEvents, table, type Transport } from "../mod.ts";

/** struct connect_event of tcpconnect.bpf.c. */
type ConnectEvent = { pid: number; port: number; comm: string; to: number[] };

const [transport = "auto", seconds = "86400"] = Deno.args;
const tracepoint = "/sys/kernel/tracing/events/sock/inet_sock_set_state";
const record = Deno.readTextFileSync(`${tracepoint}/format`);
const offset = Number(/daddr_v6\[16\];\s*offset:(\d+)/.exec(record)?.[1]);
await using events = await openEvents<ConnectEvent>(
  "bpf/build/tcpconnect.bpf.o",
  { transport: transport as Transport, attach: false },
);
table<number, number>(events.object, "offset").set(0, offset);
events.object.attach();
setTimeout(() => events.close(), 1000 * Number(seconds));
Deno.addSignalListener("SIGINT", () => events.close());
log(`Over ${events.transport}: ${events.reason}`);

/** The address as one writes it: 127.0.0.1 for ::ffff:127.0.0.1. */
function address(to: number[]): string {
  const hex = to.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const { hostname } = new URL(`http://[${hex.replace(/....(?=.)/g, "$&:")}]`);
  return hostname.startsWith("[::ffff:") ? to.slice(12).join(".") : hostname;
}

for await (const { pid, port, comm, to } of events) {
  log(pid, comm, `${address(to)}:${port}`);
}
await events.close();
const { attempted, delivered, lost } = events.stats();
log(`${attempted} events: ${delivered} delivered, ${lost} lost`);
Deno.exit();
