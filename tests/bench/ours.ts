/**
 * The SDK's side of `deno task bench`: `ours.ts OBJECT NAME TRANSPORT BYTES`. It
 * says its program's id, then answers each line of stdin with one of numbers,
 * as tests/bench/c/consumer.c does.
 *
 * @module
 */
import type { Transport } from "../../mod.ts";
import { lines } from "../../kernels/lines.ts";
import { calledBack } from "./called_back.ts";
import { drained } from "./drained.ts";
import { latency } from "./latency.ts";
import type { Name } from "./rows.ts";
import { sustained } from "./sustained.ts";
import type { Task } from "./task.ts";

const ways: Readonly<Record<Name, (task: Task) => Promise<void>>> = {
  "drain-raw": drained,
  "drain-view": drained,
  "drain-object": drained,
  "for-await": drained,
  "callback": calledBack,
  "latency-p50": latency,
  "latency-p99": latency,
  "blocking-p50": latency,
  "blocking-p99": latency,
  "loaded-p50": latency,
  "loaded-p99": latency,
  "blocking-loaded-p50": latency,
  "blocking-loaded-p99": latency,
  "sustained": sustained,
};

const [object = "", name, transport, bytes] = Deno.args;
await ways[name as Name]({
  ...{ object, name: name as Name, transport: transport as Transport },
  ...{ bytes: Number(bytes), lines: lines(Deno.stdin.readable, 64) },
});
