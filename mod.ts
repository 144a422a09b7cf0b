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
 * Of Deno everything here needs bare `--allow-ffi` and
 * `--allow-env=RINGSIDE_LIBBPF` (a path of libbpf to take instead of the
 * system's, 0.6 or newer); no file of /proc or /sys is read by Deno itself.
 *
 * The kernel asks for capabilities, which root has: CAP_BPF for maps and
 * programs, CAP_PERFMON too for programs that trace and for perf buffers,
 * CAP_NET_ADMIN too for those of the network, CAP_MAC_ADMIN too for `lsm/`. Before
 * Linux 5.8 all of these are CAP_SYS_ADMIN, and before 5.11 CAP_SYS_RESOURCE lifts
 * the limit on locked memory. To attach tracepoints, and before Linux 4.17 kprobes
 * and uprobes, libbpf reads tracefs, which is root's or CAP_DAC_READ_SEARCH's; to
 * attach uprobes takes CAP_SYS_ADMIN from Linux 6.16 on. What is missing is named
 * by the {@linkcode BpfError}.
 *
 * @module
 */

export { type BufferQuery, Events } from "./sdk/events.ts";
export {
  joinEvents,
  openEvents,
  openStreams,
  type StreamsOptions,
  type Tagged,
} from "./sdk/open.ts";
export type {
  CallOptions,
  Decode,
  Next,
  NextOptions,
  OpenOptions,
  ReadOptions,
  TurnLimits,
} from "./sdk/options.ts";
export type { Shared } from "./sdk/parts.ts";
export type { SeatMemory } from "./sdk/seats.ts";
export type { Channel } from "./sdk/port.ts";
export type { OrderStats } from "./sdk/merge.ts";
export type { Int64 } from "./sdk/bits.ts";
export type { DecodeOptions } from "./sdk/decode.ts";
export { Table, table, type TableMap } from "./sdk/table.ts";
export { type ProbeOptions, probeRing, type RingProbe } from "./sdk/probe.ts";
export type { Flow, LostBy, Stats } from "./sdk/stats.ts";
export type { Transport } from "./sdk/transport.ts";
export type { BusyHead, Warning } from "./sdk/warning.ts";
export type { BufferState } from "./ffi/buffer_state.ts";
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
export { Loan, Sample } from "./ffi/sample.ts";
export { UserRing } from "./ffi/user_ring.ts";
