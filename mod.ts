/**
 * Ringside receives what BPF programs send: over a BPF ring buffer where the
 * kernel has one, over a perf buffer where it has none, and it says which and
 * why, and where every event went.
 *
 * ```ts
 * import { openEvents } from "./mod.ts";
 *
 * interface ExecEvent { pid: number; uid: number; ktime: bigint; comm: string }
 *
 * async function watch(): Promise<void> {
 *   await using events = await openEvents<ExecEvent>("bpf/build/exec.bpf.o");
 *   for await (const { pid, comm } of events) console.log(pid, comm);
 * }
 * ```
 *
 * It needs root or CAP_BPF and CAP_PERFMON, and libbpf 0.6 or newer on the
 * system. Of Deno it needs bare `--allow-ffi`, `--allow-env=RINGSIDE_LIBBPF` (a
 * path of libbpf to take instead), and `--allow-all` or `--allow-read` with
 * access to /proc and /sys, which Deno gives no program by less.
 *
 * @module
 */

export {
  type CallOptions,
  Events,
  type Next,
  type NextOptions,
  openEvents,
  type OpenOptions,
} from "./sdk/events.ts";
export type { TurnLimits } from "./sdk/reader.ts";
export { type ProbeOptions, probeRing, type RingProbe } from "./sdk/probe.ts";
export type { LostBy, Stats } from "./sdk/stats.ts";
export type { Transport } from "./sdk/transport.ts";
export { BpfError, type BpfErrorOptions } from "./ffi/error.ts";
export { libbpfVersion } from "./ffi/libbpf.ts";
export {
  type LibbpfLevel,
  type LibbpfListener,
  onLibbpfLog,
} from "./ffi/libbpf_log.ts";
export { BpfLink } from "./ffi/link.ts";
export { InnerMap } from "./ffi/inner_map.ts";
export { BpfMap } from "./ffi/map.ts";
export { KernelMap } from "./ffi/kernel_map.ts";
export { MapEntries } from "./ffi/map_entries.ts";
export { BpfObject } from "./ffi/object.ts";
export { PerfBuffer, type PerfSink } from "./ffi/perf.ts";
export { BpfProgram } from "./ffi/program.ts";
export type { TestRun, TestRunOptions } from "./ffi/test_run.ts";
export { RingBuffer, type RingSink } from "./ffi/ring.ts";
export { Sample } from "./ffi/sample.ts";
