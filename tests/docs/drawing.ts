/**
 * Lines, boxes and words as SVG: one file that is light or dark as its reader's
 * system is, with a title and a description for who cannot see it.
 *
 * @module
 */
import { element, textElement } from "../report/xml.ts";

/** How a part is coloured; the words are classes of the style below. */
export type Tint = "plain" | "sent" | "busy" | "gone" | "free" | "page";

/** Where a box is, in pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What a whole picture is. */
export interface Picture {
  readonly title: string;
  /** What is to be seen, in words. */
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly parts: readonly string[];
}

const style = `
text { font: 13px system-ui, sans-serif; fill: var(--ink); }
.small { font-size: 11.5px; }
.code { font-family: ui-monospace, monospace; }
.strong { font-weight: 600; }
.middle { text-anchor: middle; }
.end { text-anchor: end; }
rect { stroke: var(--line); }
.back { fill: var(--paper); stroke: none; }
.plain, .free { fill: var(--paper); }
.page { fill: var(--page); }
.sent { fill: var(--sent); }
.busy { fill: var(--busy); }
.gone { fill: var(--gone); }
.again { stroke-dasharray: 5 3; }
path { stroke: var(--ink); fill: none; }
.tip { fill: var(--ink); stroke: none; }
svg { --paper: #ffffff; --ink: #1b1f24; --line: #6a737d; --page: #eef1f4;
  --sent: #cfe5ff; --busy: #ffe2b3; --gone: #f6d0d4; }
@media (prefers-color-scheme: dark) { svg { --paper: #14181d; --ink: #e8ebee;
  --line: #8b949e; --page: #252b32; --sent: #17406b; --busy: #6b4708;
  --gone: #6e2730; } }
`;

/** The file. */
export function draw(picture: Picture): string {
  const { title, description, width, height, parts } = picture;
  const about = { role: "img", "aria-labelledby": "title desc" };
  const size = { viewBox: `0 0 ${width} ${height}`, width, height };
  const root = { xmlns: "http://www.w3.org/2000/svg", ...about, ...size };
  return element("svg", root, [
    textElement("title", { id: "title" }, title),
    textElement("desc", { id: "desc" }, description),
    `<style>${style}</style>`,
    element("rect", { class: "back", width, height }),
    ...parts,
  ]) + "\n";
}

/** A box; one that is there `"again"` is drawn with a broken line. */
export function box(place: Place, tint: Tint, again = ""): string {
  return element("rect", { class: `${tint} ${again}`.trim(), ...place });
}

/** Words; `look` are classes of the style above. */
export function words(
  [x, y]: readonly [number, number],
  text: string,
  look = "",
): string {
  return textElement("text", { class: look || null, x, y }, text);
}

/** A box with words in its middle. */
export function labelled(
  place: Place,
  tint: Tint,
  text: string,
  look = "small",
): string {
  const { x, y, width, height } = place;
  const middle = [x + width / 2, y + height / 2 + 4] as const;
  return `${box(place, tint)}\n${words(middle, text, `middle ${look}`)}`;
}

/** A line along points, with a tip at its end. */
export function arrow(...points: (readonly [number, number])[]): string {
  const way = points.map(([x, y]) => `${x} ${y}`).join(" L ");
  const [from = [0, 0], to = [0, 0]] = points.slice(-2);
  const angle = Math.atan2(to[1] - from[1], to[0] - from[0]) * 180 / Math.PI;
  const transform = `translate(${to[0]} ${to[1]}) rotate(${Math.round(angle)})`;
  return [
    element("path", { d: `M ${way}` }),
    element("path", {
      class: "tip",
      d: "M 0 0 L -8 -3.5 L -8 3.5 Z",
      transform,
    }),
  ].join("\n");
}
