/**
 * The figures that are worth a picture: which numbers of which claim's evidence
 * stand side by side. Kernels without them are left out, and a picture without
 * kernels too.
 *
 * @module
 */
import type { Row } from "../../results.ts";
import { cellOf, figureOf } from "../evidence.ts";
import { shortLabel } from "../grid.ts";

/** A bar: a kernel's value in a series. */
export interface Bar {
  readonly kernel: string;
  /** Begins with the transport's name, if it is of one. */
  readonly series: string;
  readonly value: number;
}

/** A picture and the words around it. */
export interface Figure {
  readonly id: string;
  readonly title: string;
  /** What to see in it. */
  readonly caption: string;
  /** What is along the axis. */
  readonly unit: string;
  /** The claims whose evidence it shows. */
  readonly claims: readonly string[];
  readonly bars: readonly Bar[];
}

/** A picture of one claim: the series' names with their figures in its evidence. */
interface Drawing extends Omit<Figure, "claims" | "bars"> {
  readonly claim: string;
  readonly series: Readonly<Record<string, string>>;
}

const drawings: readonly Drawing[] = [
  {
    id: "loss",
    title: "A burst, and what is lost of it",
    caption:
      "Events of one burst into small buffers. What is lost is counted in the BPF program on both transports, so delivered and lost are all that were attempted.",
    unit: "events",
    claim: "R7",
    series: {
      "ring delivered": "ring.delivered",
      "ring lost": "ring.lost",
      "perf delivered": "perf.delivered",
      "perf lost": "perf.lost",
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
    title: "Producers in each other's company",
    caption:
      "What an event costs while another CPU writes too, and alone. Producers of one ring share its lock; a ring for each CPU, and perf, have none to share.",
    unit: "ns an event",
    claim: "P3",
    series: {
      "ring, alone": "one ring, ns.alone",
      "ring, accompanied": "one ring, ns.accompanied",
      "ring each, alone": "a ring each, ns.alone",
      "ring each, accompanied": "a ring each, ns.accompanied",
      "perf, alone": "perf, ns.alone",
      "perf, accompanied": "perf, ns.accompanied",
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
      "How far out of order events of different CPUs arrived, and how long the merge by timestamp held the one that waited longest.",
    unit: "ms",
    claim: "O6",
    series: {
      "ring each, disorder": "ring.disorderMs",
      "ring each, held": "ring.heldMs",
      "perf, disorder": "perf.disorderMs",
      "perf, held": "perf.heldMs",
    },
  },
];

/** The pictures that a run has the numbers for. */
export function figures(rows: readonly Row[]): Figure[] {
  const drawn = drawings.map(({ claim, series, ...words }): Figure => ({
    ...words,
    claims: [claim],
    bars: rows.flatMap((row) => barsOf(row, claim, series)),
  }));
  return [...drawn, times(rows)].filter(({ bars }) => bars.length > 0);
}

function barsOf(
  row: Row,
  claim: string,
  series: Drawing["series"],
): Bar[] {
  if (cellOf(row, claim) === undefined) return [];
  return Object.entries(series).flatMap(([name, figure]) => {
    const text = figureOf(row, claim, figure);
    const value = Number(text);
    return text === "" || !Number.isFinite(value)
      ? []
      : [{ kernel: shortLabel(row), series: name, value }];
  });
}

/** Where the time of a run went. */
function times(rows: readonly Row[]): Figure {
  return {
    id: "time",
    title: "Where the time went",
    caption:
      "From the start of QEMU to the guest's first process, and from there to the end of the machine.",
    unit: "seconds",
    claims: [],
    bars: rows.filter(({ state }) => state === "ran").flatMap((row) =>
      Object.entries({ boot: row.timings.bootMs, claims: row.timings.runMs })
        .filter(([, ms]) => ms > 0)
        .map(([series, ms]) => ({
          kernel: shortLabel(row),
          series,
          value: Math.round(ms / 100) / 10,
        }))
    ),
  };
}
