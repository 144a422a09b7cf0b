/**
 * What was measured, for eyes and for machines.
 *
 * @module
 */
import type { Transport } from "../../mod.ts";
import type { Host } from "../results.ts";
import type { Measured } from "./measure.ts";
import type { Name, Subject } from "./rows.ts";
import { median, ratios, type Run, type Spread } from "./spread.ts";

/** One row of the report. Times are in ns. */
export interface Row {
  readonly name: Name;
  readonly transport: Transport;
  /** Of an event. */
  readonly bytes: number;
  /** The median of the runs, per event, or for a latency the delay. */
  readonly ours: number;
  readonly c: number;
  readonly ratio: Spread;
  readonly runs: readonly Run[];
  /** CPU time of the consumer per event; of floods and of events one at a time. */
  readonly cpu?: Run;
  /** Memory that is resident, MiB. */
  readonly memory: Run;
}

/** The machine, and the kernel that both sides ran on. */
export type BenchHost = Omit<Host, "qemu"> & {
  /** The processor, by its own name. */
  readonly cpu: string;
  /** The kernel's release. */
  readonly kernel: string;
  /** With `--kernel`: the guest, whose processor, CPUs and kernel these are. */
  readonly guest?: {
    /** The row of the matrix. */
    readonly row: string;
    readonly qemu: string;
    /** Emulated, by "tcg", instructions count and memory does not: only ratios tell anything. */
    readonly accel: "kvm" | "tcg";
  };
};

/** The row of what was measured. */
export function rowOf(
  { transport, bytes }: Subject,
  { name, runs, cpu, memory }: Measured,
): Row {
  return {
    ...{ name, transport, bytes },
    ours: rounded(median(runs.map(({ ours }) => ours))),
    c: rounded(median(runs.map(({ c }) => c))),
    ratio: mapped(ratios(runs)),
    runs: runs.map(mapped),
    ...(cpu && { cpu: mapped(cpu) }),
    memory: mapped(memory),
  };
}

/** The report of schema "ringside-bench/1". */
export function jsonReport(host: BenchHost, rows: readonly Row[]): string {
  return `${
    JSON.stringify({ schema: "ringside-bench/1", host, rows }, null, 2)
  }\n`;
}

/** The head of the table. */
export const head = line(
  ...["name", "", "bytes", "ours", "C", "ratio", "least", "most"],
);

/** One row of the table. */
export function rowText(
  { name, transport, bytes, ours, c, ratio }: Row,
): string {
  return line(
    ...[name, transport, `${bytes}`, time(ours), time(c)],
    ...[ratio.median, ratio.min, ratio.max].map((one) => `${one.toFixed(2)} ×`),
  );
}

function line(name: string, transport: string, ...cells: string[]): string {
  const right = cells.map((cell) => cell.padStart(10)).join("");
  return `${name.padEnd(19)} ${transport.padEnd(4)} ${right}\n`;
}

/** A time with its unit. */
function time(ns: number): string {
  if (ns < 1e3) return `${ns.toFixed(1)} ns`;
  return ns < 1e6
    ? `${(ns / 1e3).toFixed(1)} µs`
    : `${(ns / 1e6).toFixed(1)} ms`;
}

/** Three decimals are more than a run can tell. */
function rounded(number: number): number {
  return Math.round(number * 1000) / 1000;
}

function mapped<T extends object>(numbers: T): T {
  const entries = Object.entries(numbers).map(([name, number]) => [
    ...[name, rounded(number)],
  ]);
  return Object.fromEntries(entries);
}
