/**
 * What is drawn of claims' evidence: which numbers of which claim stand side by
 * side.
 *
 * @module
 */
import type { Figure } from "./figures.ts";

/** The series' names with their figures in a claim's evidence. */
export type Series = Readonly<Record<string, string>>;

/** A picture of one claim. */
export interface Drawing
  extends Pick<Figure, "id" | "title" | "caption" | "unit"> {
  readonly claim: string;
  readonly series: Series;
  /** What is drawn of a figure; itself by default. */
  readonly made?: (value: number) => number;
}

/** Events of so many ns each, as millions a second. */
const perSecond = (ns: number): number => Math.round(1e5 / ns) / 100;

/** All of them. */
export const drawings: readonly Drawing[] = [
  {
    id: "loss",
    title: "A burst, and what is lost of it",
    caption:
      "Of one burst of 2000 events of 24 bytes on one CPU: what is lost in buffers of 4, 16 and 64 KiB while nobody reads. A record in a ring takes 32 bytes, one in a perf buffer 40. Loss is counted in the BPF program on both transports.",
    unit: "events lost",
    claim: "R7",
    series: {
      "ring, 4 KiB": "ring.lostOfBurst.4 KiB",
      "ring, 16 KiB": "ring.lostOfBurst.16 KiB",
      "ring, 64 KiB": "ring.lostOfBurst.64 KiB",
      "perf, 4 KiB": "perf.lostOfBurst.4 KiB",
      "perf, 16 KiB": "perf.lostOfBurst.16 KiB",
      "perf, 64 KiB": "perf.lostOfBurst.64 KiB",
    },
  },
  {
    id: "room",
    title: "Room for a burst, with the same memory",
    caption:
      "Events that are kept before the first is lost. A burst on one CPU has a whole ring, but only that CPU's share of the perf buffers; one on all CPUs has them all.",
    unit: "events kept",
    claim: "M2",
    series: {
      "ring, one CPU": "ring.low",
      "ring, all CPUs": "ring.both",
      "perf, one CPU": "perf.low",
      "perf, all CPUs": "perf.both",
    },
  },
  {
    id: "notification",
    title: "The cost of an event, by how the reader is woken",
    caption:
      "What an event costs its producer. By its own rule the ring wakes a reader only when it has caught up; perf wakes for each event unless it is told otherwise.",
    unit: "ns an event",
    claim: "C1",
    series: {
      "ring, own rule": "ring, ns.ownRule",
      "ring, one in five": "ring, ns.sampled",
      "ring, each": "ring, ns.each",
      "perf, one in five": "perf, ns.sampled",
      "perf, each": "perf, ns.each",
    },
  },
  {
    id: "refusal",
    title: "The cost of an event that finds no room",
    caption:
      "A program that reserves knows before it fills the event. With output, as with perf, the event is made first, and lost.",
    unit: "ns an event",
    claim: "R6",
    series: {
      "ring, reserve": "ringNs.reserveLarge",
      "ring, output": "ringNs.output",
      "perf, filled": "perfNs.filled",
    },
  },
  {
    id: "producers",
    title: "Throughput against producers",
    caption:
      "Events that one CPU writes by itself, and two CPUs together. Producers of one ring share its lock; a ring for each CPU, and perf, have none to share. Emulated CPUs seldom run at the same time: there the claim judges nothing.",
    unit: "million events a second",
    claim: "P3",
    made: perSecond,
    series: {
      "ring, one producer": "one ring, ns.alone",
      "ring, two producers": "one ring, ns.both",
      "ring each, one": "a ring each, ns.alone",
      "ring each, two": "a ring each, ns.both",
      "perf, one": "perf, ns.alone",
      "perf, two": "perf, ns.both",
    },
  },
  {
    id: "memory",
    title: "Memory, as it is counted",
    caption:
      "A ring's data pages are mapped twice in a row, so that RSS counts them twice; PSS is what they take. Perf takes its pages for each CPU.",
    unit: "bytes",
    claim: "M1",
    series: {
      "ring, size": "ring.size",
      "ring, PSS": "ring.pss",
      "ring, RSS": "ring.rss",
      "perf, all CPUs": "perf.size",
    },
  },
  {
    id: "disorder",
    title: "Disorder, and what it takes to undo it",
    caption:
      "How far back in time an event lay behind the one before it: raw, as the CPUs' buffers were drained, and merged by timestamp; and how long the merge held the event that waited longest for it.",
    unit: "ms",
    claim: "O6",
    series: {
      "ring each, raw": "ring.disorderMs",
      "ring each, merged": "ring.mergedMs",
      "ring each, held": "ring.heldMs",
      "perf, raw": "perf.disorderMs",
      "perf, merged": "perf.mergedMs",
      "perf, held": "perf.heldMs",
    },
  },
];
