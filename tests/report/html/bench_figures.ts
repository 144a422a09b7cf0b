/**
 * What is drawn of a bench: the SDK beside C.
 *
 * @module
 */
import type { Bench, BenchRow } from "../read_bench.ts";
import type { Bar, Figure } from "./figures.ts";

/** Bytes of an event of which all ways to take it are measured. */
const usualBytes = 24;

/** The series of all of them. */
const sides = ["ring, SDK", "ring, C", "perf, SDK", "perf, C"] as const;

/** Names of rows, with what they are in a picture. */
type Bands = Readonly<Record<string, string>>;

const ways: Bands = {
  "drain-raw": "raw bytes",
  "drain-view": "a view",
  "drain-object": "objects",
  "for-await": "for await",
};

const waits: Bands = {
  "latency-p50": "idle",
  "blocking-p50": "idle, blockMs",
  "loaded-p50": "busy",
  "blocking-loaded-p50": "busy, blockMs",
};

const floods: Bands = { "sustained": "all CPUs" };

/** The pictures, also those that this bench has no numbers for. */
export function benchFigures({ host, rows }: Bench): Figure[] {
  const { guest } = host;
  const where = guest?.accel === "tcg"
    ? `Linux ${host.kernel}, emulated: only the ratios tell anything`
    : `Linux ${host.kernel} on ${host.cpu}`;
  const drawn = (
    words: Omit<Figure, "bars" | "claims" | "series">,
    bars: Bar[],
  ): Figure => ({
    ...{ ...words, claims: [], series: [...sides], bars },
    caption: `${words.caption} Measured by deno task bench: ${where}.`,
  });
  const usual = rows.filter(({ bytes }) => bytes === usualBytes);
  return [
    drawn({
      id: "drain",
      title: "What it costs to drain an event, by its size",
      caption:
        "forEach over raw bytes beside C with libbpf, on a full buffer: each reads 32 bits of every event.",
      ...{ unit: "ns an event", bands: "bytes of an event" },
    }, bySize(rows)),
    drawn({
      id: "ways",
      title: "What it costs to take an event, by the way it is taken",
      caption:
        `Events of ${usualBytes} bytes, by forEach, but for the last. C reads 32 bits beside raw bytes and for await, all five fields beside the others.`,
      ...{ unit: "ns an event", bands: "way" },
    }, barsOf(usual, ways, (ns) => ns)),
    drawn({
      id: "latency",
      title: "From the program to the consumer, one event at a time",
      caption:
        "The median delay of an event each ms, from right before its submit. blockMs has this thread wait itself; busy is a machine with a thread on each CPU that never waits.",
      ...{ unit: "µs", bands: "machine" },
    }, barsOf(usual, waits, (ns) => ns / 1000)),
    drawn({
      id: "sustained",
      title: "The most that is taken without loss, from all CPUs",
      caption: "A producer on each CPU, slowed down until nothing is lost.",
      ...{ unit: "million events a second", bands: "producers" },
    }, barsOf(usual, floods, (ns) => 1000 / ns)),
  ];
}

function bySize(rows: readonly BenchRow[]): Bar[] {
  return rows.filter(({ name }) => name === "drain-raw").sort((one, other) =>
    one.bytes - other.bytes
  ).flatMap((row) => pair(`${row.bytes} B`, row, (ns) => ns));
}

function barsOf(
  rows: readonly BenchRow[],
  bands: Bands,
  made: (ns: number) => number,
): Bar[] {
  return Object.entries(bands).flatMap(([name, band]) =>
    rows.filter((row) => row.name === name)
      .flatMap((row) => pair(band, row, made))
  );
}

/** Both sides of a row; a side that never did without loss has no figure. */
function pair(
  band: string,
  { transport, ours, c }: BenchRow,
  made: (ns: number) => number,
): Bar[] {
  return Object.entries({ SDK: ours, C: c }).flatMap(([side, ns]) =>
    ns === null ? [] : [{
      ...{ band, series: `${transport}, ${side}` },
      value: Math.round(100 * made(ns)) / 100,
    }]
  );
}
