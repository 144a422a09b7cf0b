/**
 * The figures that are worth a picture, with the numbers of a run, and of a bench
 * where there is one. Kernels without numbers are left out, and a picture without
 * any too.
 *
 * @module
 */
import type { Row } from "../../results.ts";
import { cellOf, figureOf } from "../evidence.ts";
import { shortLabel } from "../grid.ts";
import type { Bench } from "../read_bench.ts";
import { benchFigures } from "./bench_figures.ts";
import { drawings, type Series } from "./drawings.ts";

/** A bar: the value of a band in a series. */
export interface Bar {
  /** A kernel, or what else is compared. */
  readonly band: string;
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
  /** What the bands are: "kernel". */
  readonly bands: string;
  /** The claims whose evidence it shows. */
  readonly claims: readonly string[];
  /** The series in their order; those that no bar is of are left out. */
  readonly series: readonly string[];
  readonly bars: readonly Bar[];
}

/** The pictures that a run, and a bench, have the numbers for. */
export function figures(rows: readonly Row[], bench?: Bench): Figure[] {
  const drawn = drawings.map(({ claim, series, made, ...words }): Figure => ({
    ...{ ...words, bands: "kernel", claims: [claim] },
    series: Object.keys(series),
    bars: rows.flatMap((row) => barsOf(row, claim, series, made)),
  }));
  const benched = bench === undefined ? [] : benchFigures(bench);
  return [...benched, ...drawn, times(rows)]
    .filter(({ bars }) => bars.length > 0);
}

function barsOf(
  row: Row,
  claim: string,
  series: Series,
  made: (value: number) => number = (value) => value,
): Bar[] {
  if (cellOf(row, claim) === undefined) return [];
  return Object.entries(series).flatMap(([name, figure]) => {
    const text = figureOf(row, claim, figure);
    const value = made(Number(text));
    return text === "" || !Number.isFinite(value)
      ? []
      : [{ band: shortLabel(row), series: name, value }];
  });
}

/** Where the time of a run went. */
function times(rows: readonly Row[]): Figure {
  const bars = rows.filter(({ state }) => state === "ran").flatMap((row) =>
    Object.entries(spentBy(row)).filter(([, ms]) => ms > 0)
      .map(([series, ms]) => ({
        band: shortLabel(row),
        series,
        value: Math.round(ms / 10) / 100,
      }))
  );
  return {
    id: "time",
    title: "Where the time went",
    caption:
      "From the start of the machine to its first process; from there to the program's first line, which is Deno's start; its modules; the proofs, and of these loading BPF objects and starting Workers; what is beside the proofs: counting what they left open, reading the kernel's log, the machine's end.",
    unit: "seconds",
    bands: "kernel",
    claims: [],
    series: [...new Set(bars.map(({ series }) => series))],
    bars,
  };
}

/** A row's time by what took it, ms; a run of before may not tell all of it. */
function spentBy({ timings }: Row): Readonly<Record<string, number>> {
  const { bootMs, runMs, startMs, modulesMs = 0, claimsMs } = timings;
  if (startMs === undefined || claimsMs === undefined) {
    return { boot: bootMs, claims: runMs };
  }
  const { bpfLoadMs: loads = 0, workersMs: workers = 0 } = timings;
  return {
    boot: bootMs,
    "Deno's start": startMs - modulesMs,
    modules: modulesMs,
    "loading BPF": loads,
    "starting Workers": workers,
    "the rest of proofs": claimsMs - loads - workers,
    "beside proofs": runMs - startMs - claimsMs,
  };
}
