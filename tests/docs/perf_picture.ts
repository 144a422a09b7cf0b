/**
 * A perf buffer, drawn from the layout that the reader uses: ffi/perf_records.ts.
 *
 * @module
 */
import { headerBytes, positionsAt, rawAt } from "../../ffi/perf_records.ts";
import { arrow, box, draw, labelled, words } from "./drawing.ts";

/** Pixels that a byte of the record takes, which is drawn to scale. */
const scale = 17;
/** Bytes of the event whose record is drawn. */
const payload = 20;
/** Bytes that a record begins at a multiple of. */
const step = 8;

/** Bytes of a PERF_RECORD_LOST: its header, the event's id, the count. */
export const lostBytes = headerBytes + 8 + 8;

/** Bytes that the record of an event takes. */
export function perfRecord(bytes: number): number {
  return Math.ceil((rawAt + bytes) / step) * step;
}

/** One CPU's buffer: its control page, its records, and where both sides stand. */
function buffer(cpu: number, y: number, records: readonly string[]): string[] {
  const [page, cell] = [150, 62];
  const strip = 190;
  const tints = { S: "sent", L: "gone", "": "free" } as const;
  const cells = records.map((record, at) => {
    const place = { x: strip + at * cell, y, width: cell, height: 40 };
    const text = { S: "SAMPLE", L: "LOST", "": "" }[record] ?? "";
    return labelled(place, tints[record as "S"], text);
  });
  return [
    words([20, y - 12], `CPU ${cpu}`, "strong"),
    box({ x: 20, y, width: page, height: 40 }, "page"),
    words([28, y + 17], `data_head at ${positionsAt}`, "small code"),
    words([28, y + 33], `data_tail at ${positionsAt + 8}`, "small code"),
    ...cells,
  ];
}

/** What stands below a place in a buffer; an `"end"` stands to its left. */
function below(
  [name, what]: readonly [string, string],
  [x, y]: readonly [number, number],
  side = "",
): string[] {
  const at = side === "" ? x + 6 : x - 6;
  return [
    arrow([x, y + 74], [x, y + 44]),
    words([at, y + 60], name, `small code ${side}`.trim()),
    words([at, y + 76], what, `small ${side}`.trim()),
  ];
}

/** The record, byte by byte. */
function record(y: number): string[] {
  const fields = [
    { bytes: 4, name: "type", tint: "page" },
    { bytes: 2, name: "misc", tint: "page" },
    { bytes: 2, name: "size", tint: "page" },
    { bytes: rawAt - headerBytes, name: "its size", tint: "page" },
    { bytes: payload, name: `the event: ${payload} bytes`, tint: "sent" },
  ] as const;
  let at = 0;
  return fields.flatMap(({ bytes, name, tint }) => {
    const x = 20 + at * scale;
    const from = words([x, y + 56], String(at), "small");
    at += bytes;
    const place = { x, y, width: bytes * scale, height: 40 };
    return [labelled(place, tint, name), from];
  });
}

/** docs/pictures/perf-buffer.svg */
export function perfPicture(): string {
  const whole = perfRecord(payload);
  const [one, two, three] = [60, 200, 370];
  return draw({
    title: "A perf buffer is one buffer for each CPU",
    description:
      "Two buffers. Each has a control page with data_head and data_tail, and data pages behind it. " +
      "CPU 0 has two samples between data_tail, where the reader is, and data_head, where the kernel writes. " +
      "The buffer of CPU 1 was full and has been read up to its last record: a PERF_RECORD_LOST stands in front of the next sample that found room. " +
      `Below, one sample to scale: a header of ${headerBytes} bytes, the raw size in ${
        rawAt - headerBytes
      } bytes, and ${payload} bytes of the event, ${whole} bytes in all.`,
    ...{ width: 760, height: 470 },
    parts: [
      words([190, 30], "2ⁿ data pages, mapped once", "small"),
      words([20, 30], "control page", "small"),
      ...buffer(0, one, ["", "S", "S", "", "", "", "", "", ""]),
      ...below(["data_tail", "you have read up to here"], [252, one], "end"),
      ...below(["data_head", "the kernel goes on here"], [376, one]),
      ...buffer(1, two, ["", "", "", "L", "S", "", "", "", ""]),
      ...below(["PERF_RECORD_LOST", `${lostBytes} bytes: how many`], [
        407,
        two,
      ]),
      words(
        [413, two + 94],
        "events found no room before this sample;",
        "small",
      ),
      words([413, two + 110], "while none fits again, nothing tells", "small"),
      words([20, three - 14], "One sample, to scale, in bytes", "strong"),
      ...record(three),
      words([20 + whole * scale + 8, three + 25], `${whole} in all`, "small"),
      words(
        [20, three + 84],
        "A size of 16 bits: an event of 64 KiB does not fit into it.",
        "small",
      ),
    ],
  });
}
