/**
 * What is measured.
 *
 * @module
 */
import type { Transport } from "../../mod.ts";

/** What is done with events; each has its program on either side. */
export type Name =
  /** `forEach` with `decode: "bytes"` that reads 32 bits of each record. */
  | "drain-raw"
  /** `forEach` with a reused view, of which all fields are read. */
  | "drain-view"
  /** The same with a new object for each event. */
  | "drain-object"
  /** `for await` with `decode: "bytes"`. */
  | "for-await"
  /** libbpf's own reader that calls back. */
  | "callback"
  /** From the program's clock to the consumer's, one event at a time. */
  | "latency-p50"
  | "latency-p99"
  /** The same with a thread that waits itself, by `blockMs`. */
  | "blocking-p50"
  | "blocking-p99"
  /** Both on a machine that has a thread on each CPU which never waits. */
  | "loaded-p50"
  | "loaded-p99"
  | "blocking-loaded-p50"
  | "blocking-loaded-p99"
  /** One over the highest rate from all CPUs at which nothing is lost. */
  | "sustained";

/** What one pair of processes measures: one row of the report, or two. */
export interface Subject {
  readonly names: readonly Name[];
  readonly transport: Transport;
  /** Of an event. */
  readonly bytes: number;
}

const latency = ["latency-p50", "latency-p99"] as const;

const blocking = ["blocking-p50", "blocking-p99"] as const;

const loaded = ["loaded-p50", "loaded-p99"] as const;

const blockingLoaded = ["blocking-loaded-p50", "blocking-loaded-p99"] as const;

/** Whether it is a time from here to there, and no cost per event. */
export function isLatency(name: Name): boolean {
  return /-p\d\d$/.test(name);
}

/** Whether all CPUs are kept busy meanwhile. */
export function isLoaded(name: Name): boolean {
  return name.includes("loaded");
}

/** The C side's way to take what our side takes by `name`. */
export function modeInC(name: Name): string {
  if (isLatency(name)) return "latency";
  if (name === "drain-view" || name === "drain-object") return "fields";
  return name === "sustained" ? name : "bytes";
}

/** A subject as it is written: "drain-raw/ring/24". */
export function idOf(name: Name, { transport, bytes }: Subject): string {
  return `${name}/${transport}/${bytes}`;
}

/** All that is measured; the figures are those of 24 and 128 bytes. */
export function subjects(transports: readonly Transport[]): Subject[] {
  return transports.flatMap((transport) => [
    ...[8, 24, 128, 1024].map((bytes) => (
      { names: ["drain-raw"], transport, bytes } as const
    )),
    ...([
      ...[["drain-view"], ["drain-object"], ["for-await"], ["callback"]],
      ...[latency, blocking, loaded, blockingLoaded, ["sustained"]],
    ] as Name[][]).map((names) => ({ names, transport, bytes: 24 })),
  ]);
}
