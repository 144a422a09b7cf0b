/**
 * A BPF ring buffer, drawn from the layout that the reader uses:
 * ffi/ring_records.ts.
 *
 * @module
 */
import {
  discarded,
  lengthBits,
  lengthOf,
  recordHeader,
  ringWord,
} from "../../ffi/ring_records.ts";
import { arrow, box, draw, labelled, type Tint, words } from "./drawing.ts";

/** Pixels that a byte of the record takes, which is drawn to scale. */
const scale = 17;
/** Bytes of the event whose record is drawn. */
const payload = 20;
/** Where the data begin in the drawing, and pixels that they take once. */
const [data, round] = [226, 290];

/** The number of a header's only bit, or of the highest one that is set. */
export function bitOf(mask: number): number {
  return 31 - Math.clz32(mask);
}

/** Where a record begins and ends, in pixels from the data's beginning. */
interface Laid {
  readonly text: string;
  readonly tint: Tint;
  readonly from: number;
  readonly to: number;
}

/** From the consumer's position on; the last one goes on at the beginning. */
const records: readonly Laid[] = [
  { text: "sent", tint: "sent", from: 84, to: 138 },
  { text: "given up", tint: "gone", from: 138, to: 196 },
  { text: "busy", tint: "busy", from: 196, to: 254 },
  { text: "sent", tint: "sent", from: 254, to: 320 },
  { text: "free", tint: "free", from: 320, to: 374 },
];
const consumer = data + 84;
const producer = data + 320;

/** The pages with the positions. */
function positions(y: number): string[] {
  const word = (name: keyof typeof ringWord): string =>
    `${name} at ${8 * ringWord[name]}`;
  return [
    box({ x: 20, y, width: 86, height: 62 }, "page"),
    words([26, y + 16], "consumer", "small code"),
    words([26, y + 32], "at 0", "small code"),
    box({ x: 106, y, width: 120, height: 62 }, "page"),
    words([112, y + 16], word("producer"), "small code"),
    words([112, y + 34], word("pending"), "small code"),
    words([112, y + 52], word("overwrite"), "small code"),
  ];
}

/** The data pages, and the same ones again: each record lies a round further on too. */
function strip(y: number): string[] {
  const all = [-round, 0, round].flatMap((shift) =>
    records.map(({ text, tint, from, to }) => {
      const begin = Math.max(0, from + shift);
      const width = Math.min(2 * round, to + shift) - begin;
      if (width <= 0) return "";
      const place = { x: data + begin, y, width, height: 62 };
      return labelled(place, tint, width > 40 ? text : "");
    })
  ).filter((one) => one !== "");
  const middle = { x: data + round, y: y - 8, width: 2, height: 78 };
  return [...all, box(middle, "plain", "again")];
}

/** The header's two words and the event, to scale. */
function record(y: number): string[] {
  const half = recordHeader / 2 * scale;
  const begin = 20 + recordHeader * scale;
  const event = { x: begin, y, width: payload * scale, height: 40 };
  const padding = lengthOf(payload) - recordHeader - payload;
  const rest = { ...event, x: begin + event.width, width: padding * scale };
  return [
    labelled({ x: 20, y, width: half, height: 40 }, "page", "length"),
    labelled({ x: 20 + half, y, width: half, height: 40 }, "page", "page"),
    labelled(event, "sent", `the event: ${payload} bytes`),
    labelled(rest, "free", "padding"),
    ...[0, recordHeader / 2, recordHeader, recordHeader + payload].map((at) =>
      words([20 + at * scale, y + 56], String(at), "small")
    ),
  ];
}

/** The bits of the first word. */
function bits(y: number): string[] {
  const [busy, gone] = [bitOf(-1), bitOf(discarded)];
  const place = (x: number, width: number) => ({ x, y, width, height: 30 });
  return [
    labelled(place(20, 100), "busy", `bit ${busy}: busy`),
    labelled(place(120, 130), "gone", `bit ${gone}: discard`),
    labelled(
      place(250, 330),
      "page",
      `bits ${bitOf(lengthBits)} to 0: the length`,
    ),
  ];
}

/** docs/pictures/ring-buffer.svg */
export function ringPicture(): string {
  const [pages, below, inset] = [60, 122, 262];
  const whole = lengthOf(payload);
  return draw({
    title: "A ring buffer is one buffer for all CPUs",
    description:
      "A page with the consumer's position, which you may write; a page with the producer's positions; the data pages; and the same data pages again, " +
      "so that a record across the end is whole. Between the consumer's and the producer's position lie a record that was sent, one that was given up, one that is busy and one that was sent behind it, " +
      `which waits, and lies across the end of the data pages. Below, one record to scale: a header of ${recordHeader} bytes, ${payload} bytes of the event and the padding to a multiple of 8, ${whole} bytes in all, ` +
      `and the header's first word: bit ${bitOf(-1)} is busy, bit ${
        bitOf(discarded)
      } is discard.`,
    ...{ width: 826, height: 448 },
    parts: [
      words([20, 30], "you write", "small"),
      words([106, 30], "you only read", "small"),
      words([20, 50], "page 0", "small strong"),
      words([106, 50], "page 1", "small strong"),
      words([data, 50], "data pages", "small strong"),
      words(
        [data + round + 6, 50],
        "the same data pages again",
        "small strong",
      ),
      ...positions(pages),
      ...strip(pages),
      arrow([consumer, below + 34], [consumer, below + 4]),
      words([consumer + 6, below + 22], "consumer", "small code"),
      words([consumer + 6, below + 38], "you have read up to here", "small"),
      arrow([producer, below + 34], [producer, below + 4]),
      words([producer + 6, below + 22], "producer", "small code"),
      words([producer + 6, below + 38], "the next event begins here", "small"),
      words(
        [20, below + 76],
        "The busy record holds back the one that was sent behind it, on whatever CPU.",
        "",
      ),
      words([20, inset - 14], "One record, to scale, in bytes", "strong"),
      ...record(inset),
      words([20 + whole * scale + 8, inset + 25], `${whole} in all`, "small"),
      words([20, inset + 96], "Its first word", "strong"),
      ...bits(inset + 108),
      words(
        [20, inset + 162],
        "Reserved: busy. Submitted: the bit goes. Given up: it goes, and discard is set.",
        "small",
      ),
    ],
  });
}
